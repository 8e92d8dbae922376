//! Tasks: one call from parameters to outputs, with whatever the run may reach in between.

use crate::bindings::tasks;
use crate::instance::{Instance, Scene};
use crate::plugin::Plugin;
use crate::{FunctionKind, Result, Terms};

pub(crate) fn run(
    plugin: &Plugin,
    name: &str,
    parameters: &[(String, String)],
    terms: Terms,
) -> Result<Vec<(String, String)>> {
    let what = format!("task `{name}` of {}", plugin.label());
    let scene = Scene::new(plugin, what, terms);
    let scene = Scene { time: scene.limits.time(FunctionKind::Task), ..scene };
    let limits = &scene.limits;
    let mut instance = Instance::<tasks::Guest>::new(&plugin.runtime, plugin.exports.tasks()?, &scene)?;
    let parameters: Vec<_> = parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let outputs = instance.call(|store, guest| guest.call_run(store, name, &parameters))?;
    let outputs = outputs.map_err(|message| instance.refused(&message, None))?;
    if outputs.len() > limits.parameters {
        return Err(limits.reached(&*scene.what, "parameters"));
    }
    for (output, value) in &outputs {
        let fits = output.len() <= limits.name_bytes && !output.is_empty() && !output.chars().any(char::is_control);
        if !fits {
            return Err(instance.broke_contract(format!("an output is named {output:?}")));
        }
        if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(value) {
            return Err(instance.broke_contract(format!("output `{output}` is not JSON: {error}")));
        }
    }
    Ok(outputs)
}
