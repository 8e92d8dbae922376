//! `polder:plugin/transforms`

use super::bindings::polder::host::data;
use super::{Component, bindings as host, call, report_panics};
use crate::batch::Batch;
use crate::border::{columns, fields, schema};
use crate::function::{Function, Implementation};
use crate::transform::{Options, Ready, Transform as Author};
use crate::{Error, Field};
use std::cell::RefCell;
use std::rc::Rc;

mod bindings {
    wit_bindgen::generate!({
        path: "../../wit",
        inline: "package polder:sdk-transform; world transform { export polder:plugin/transforms@0.1.0; }",
        with: {
            "polder:host/data@0.1.0": super::host::polder::host::data,
            "polder:plugin/call@0.1.0": super::host::polder::plugin::call,
        },
        generate_all,
    });
}

use bindings::exports::polder::plugin::transforms::{Guest, GuestTransform, OptionValue, Transform};

bindings::export!(Component with_types_in bindings);

impl Guest for Component {
    type Transform = Running;
}

/// A transform and what it has ready.
pub(crate) struct Running {
    input: Rc<[Field]>,
    returns: Vec<Field>,
    work: RefCell<(Box<dyn Author>, Ready)>,
}

impl GuestTransform for Running {
    fn bind(name: String, input: data::Schema, options: Vec<OptionValue>) -> Result<Transform, call::Error> {
        report_panics();
        let function = Function::named(&name)?;
        let Implementation::Transform(bind) = function.implementation else {
            return Err(function.wrong_kind("transform").into());
        };
        let input: Rc<[Field]> = fields(input)?.into();
        let (transform, returns) = bind(&input, &values(options)?)?;
        Ok(Transform::new(Self { input, returns, work: RefCell::new((transform, Ready::default())) }))
    }

    fn returns(&self) -> data::Schema {
        schema(&self.returns)
    }

    fn push(&self, input: data::Batch) -> Result<(), call::Error> {
        let (transform, ready) = &mut *self.work.borrow_mut();
        let made = transform.push(Batch::lift(&self.input, input)?)?;
        Ok(ready.add(made, &self.returns)?)
    }

    fn finish(&self) -> Result<(), call::Error> {
        let (transform, ready) = &mut *self.work.borrow_mut();
        let made = transform.finish()?;
        Ok(ready.add(made, &self.returns)?)
    }

    fn pull(&self, max_rows: u32) -> Result<Option<data::Batch>, call::Error> {
        Ok(self.work.borrow_mut().1.next(max_rows as usize).map(Batch::lower))
    }
}

/// The values of the options.
fn values(options: Vec<OptionValue>) -> Result<Options, Error> {
    let options = options.into_iter().map(|option| {
        let types = fields(option.type_)?;
        let column = columns(types.iter().map(|field| &field.data_type), option.value)?.pop();
        Ok((option.name, column.ok_or("an option without a value")?))
    });
    Ok(Options::new(options.collect::<Result<_, Error>>()?))
}
