//! Loading and describing.

use std::sync::Arc;

use arrow::datatypes::DataType;
use polder_sandbox::{Description, Digest, Error, FunctionKind, Limits, Volatility};

use crate::guest::{component, functions, home};

#[test]
fn describes_itself() {
    let description = functions().describe().unwrap();
    assert_eq!((description.name.as_str(), description.version.as_str()), ("functions", "0.1.0"));
    let [add, echo, sum, series] = &description.functions[..] else { panic!("{description:#?}") };
    assert_eq!((add.kind, sum.kind, series.kind), (FunctionKind::Scalar, FunctionKind::Aggregate, FunctionKind::Table));
    assert_eq!(add.parameters[0].field.as_ref().unwrap().data_type(), &DataType::Int64);
    assert_eq!(add.volatility, Volatility::Immutable);
    assert_eq!(add.examples[0].result, "3");
    assert!(echo.variadic && echo.returns.is_none() && echo.parameters[0].field.is_none());
    assert_eq!(series.returns.as_ref().unwrap().fields().len(), 2);

    let json = serde_json::to_string(&description).unwrap();
    assert_eq!(serde_json::from_str::<Description>(&json).unwrap(), description);
}

#[test]
fn is_found_by_its_digest() {
    let home = home(Limits::default());
    let digest = Digest::of(component());
    assert!(home.sandbox.get(&digest).is_none());
    let plugin = home.sandbox.load(component()).unwrap();
    assert_eq!(plugin.digest(), digest);
    assert!(Arc::ptr_eq(&plugin, &home.sandbox.get(&digest).unwrap()));
    assert!(Arc::ptr_eq(&plugin, &home.sandbox.load(component()).unwrap()));
}

#[test]
fn too_many_loaded_plugins_push_the_oldest_out() {
    let home = home(Limits { loaded: 1, ..Limits::default() });
    let first = home.sandbox.load(component()).unwrap();
    // A custom section makes it another component.
    let other = [component(), &[0, 3, 1, b'x', b'y']].concat();
    let second = home.sandbox.load(&other).unwrap();
    assert!(home.sandbox.get(&first.digest()).is_none());
    assert!(home.sandbox.get(&second.digest()).is_some());
    assert_eq!(first.describe().unwrap(), second.describe().unwrap(), "one that was pushed out still works");
}

#[test]
fn limits_of_a_component_are_kept() {
    let limits = [
        ("component_bytes", Limits { component_bytes: 1_000, ..Limits::default() }),
        ("nested_parts", Limits { nested_parts: 1, ..Limits::default() }),
        ("code_functions", Limits { code_functions: 10, ..Limits::default() }),
        ("code_function_bytes", Limits { code_function_bytes: 100, ..Limits::default() }),
        ("compile_time", Limits { compile_time: std::time::Duration::from_micros(1), ..Limits::default() }),
        ("memory", Limits { memory: 1 << 16, ..Limits::default() }),
    ];
    for (name, limits) in limits {
        let error = home(limits).sandbox.load(component()).map(drop).unwrap_err();
        match &error {
            Error::Limit { limit, .. } => assert_eq!(*limit, name, "{error}"),
            Error::Compile(why) => assert!(name == "memory" && why.contains("memory"), "{name}: {error}"),
            _ => panic!("{name}: {error:?}"),
        }
    }
    let described = home(Limits { functions: 3, ..Limits::default() }).sandbox.load(component()).unwrap().describe();
    assert!(matches!(&described, Err(Error::Description(why)) if why.contains("4 functions")), "{described:?}");
}
