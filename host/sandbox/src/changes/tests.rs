use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use super::*;
use crate::{Digest, Function, FunctionKind, Parameter, Volatility};

fn function(name: &str, parameters: Vec<Parameter>) -> Function {
    Function {
        name: name.into(),
        kind: FunctionKind::Scalar,
        doc: String::new(),
        parameters,
        variadic: false,
        returns: Some(columns(&[("", DataType::Utf8)])),
        volatility: Volatility::Stable,
        examples: vec![],
    }
}

fn parameter(name: &str, of: Option<DataType>) -> Parameter {
    let field = of.map(|of| Arc::new(Field::new(name, of, false)));
    Parameter { name: name.into(), field, optional: false, doc: String::new() }
}

fn columns(columns: &[(&str, DataType)]) -> SchemaRef {
    Arc::new(Schema::new(columns.iter().map(|(name, of)| Field::new(*name, of.clone(), false)).collect::<Vec<_>>()))
}

fn plugin(functions: Vec<Function>) -> Description {
    Description {
        name: "greet".into(),
        version: "1.0.0".into(),
        summary: String::new(),
        license: String::new(),
        authors: vec![],
        homepage: String::new(),
        functions,
        capabilities: vec![],
    }
}

/// A function, a change to it, and what that needs in this direction and in the other; and what is said of the first.
type Row = (Function, fn(&mut Function), [Bump; 2], &'static str);

#[test]
fn functions() {
    use Bump::{Major, Minor, Patch};
    let hello =
        || function("hello", vec![parameter("name", Some(DataType::Utf8)), parameter("n", Some(DataType::Int32))]);
    let of = |kind: FunctionKind| Function { kind, ..hello() };
    let table = || Function {
        returns: Some(columns(&[("a", DataType::Utf8), ("b", DataType::Int64)])),
        ..of(FunctionKind::Table)
    };
    let rows: Vec<Row> = vec![
        (hello(), |f| f.doc = "A greeting.".into(), [Patch, Patch], ""),
        (hello(), |f| f.kind = FunctionKind::Aggregate, [Major, Major], "is of the kind aggregate instead of scalar"),
        (hello(), |f| drop(f.parameters.pop()), [Major, Major], "has no parameter `n` any more"),
        (
            hello(),
            |f| f.parameters.push(parameter("x", None)),
            [Major, Major],
            "new parameter `x`, which must be given",
        ),
        (
            of(FunctionKind::Task),
            |f| f.parameters.insert(0, Parameter { optional: true, ..parameter("x", None) }),
            [Minor, Major],
            "new parameter `x`, which may be given",
        ),
        (hello(), |f| f.parameters[0].optional = true, [Minor, Major], "may be called without its parameter `name`"),
        (hello(), |f| f.parameters[0].name = "who".into(), [Patch, Patch], "parameter 1 `who` instead of `name`"),
        (
            of(FunctionKind::Transform),
            |f| f.parameters[0].name = "who".into(),
            [Major, Major],
            "has no parameter `name` any more",
        ),
        (of(FunctionKind::Scorer), |f| f.parameters[0].name = "who".into(), [Major, Major], "`who` instead of `name`"),
        (of(FunctionKind::Task), |f| f.parameters.reverse(), [Patch, Patch], ""),
        (
            function("near", vec![parameter("lat", None), parameter("lon", None)]),
            |f| f.parameters.reverse(),
            [Major, Major],
            "parameter 1 `lon` instead of `lat`",
        ),
        (hello(), |f| f.parameters[0] = parameter("name", None), [Minor, Major], "takes any type as `name`"),
        (
            hello(),
            |f| f.parameters[0] = parameter("name", Some(DataType::Binary)),
            [Major, Major],
            "takes Binary instead of Utf8 as `name`",
        ),
        (
            hello(),
            |f| f.parameters[1] = parameter("n", Some(DataType::Int64)),
            [Minor, Major],
            "takes Int64 instead of Int32 as `n`",
        ),
        (
            hello(),
            |f| f.parameters[1].field = Some(Arc::new(Field::new("n", DataType::Int32, true))),
            [Minor, Major],
            "takes NULL as `n`",
        ),
        (hello(), |f| f.variadic = true, [Minor, Major], "may repeat its last parameter"),
        (hello(), |f| f.returns = None, [Major, Major], "returns what depends on its arguments"),
        (
            hello(),
            |f| f.returns = Some(columns(&[("", DataType::Int64)])),
            [Major, Major],
            "returns Int64 instead of Utf8",
        ),
        (hello(), |f| f.returns = Some(columns(&[("another", DataType::Utf8)])), [Patch, Patch], ""),
        (
            hello(),
            |f| f.returns = Some(Arc::new(Schema::new(vec![Field::new("", DataType::Utf8, true)]))),
            [Major, Minor],
            "may return NULL",
        ),
        (
            table(),
            |f| f.returns = Some(columns(&[("a", DataType::Utf8)])),
            [Major, Major],
            "returns the columns a instead of a, b",
        ),
        (
            table(),
            |f| f.returns = Some(columns(&[("a", DataType::Utf8), ("b", DataType::Int32)])),
            [Major, Major],
            "returns Int32 instead of Int64 in the column b",
        ),
        (hello(), |f| f.volatility = Volatility::Volatile, [Major, Minor], "is volatile instead of stable"),
        (hello(), |f| f.volatility = Volatility::Immutable, [Minor, Major], "is immutable instead of stable"),
    ];
    for (old, change, [there, back], said) in rows {
        let mut new = old.clone();
        change(&mut new);
        let (old, new) = (plugin(vec![old]), plugin(vec![new]));
        let changes = Changes::between(&old, &new);
        let told: Vec<_> = changes.iter().map(ToString::to_string).collect();
        assert_eq!(changes.needs(), there, "{told:?}");
        assert_eq!(told.is_empty(), said.is_empty(), "{told:?}");
        assert!(
            told.iter().all(|one| one.starts_with("function ")) && told.join("\n").contains(said),
            "{said}: {told:?}"
        );
        assert_eq!(Changes::between(&new, &old).needs(), back, "back from {told:?}");
        assert_eq!(Changes::between(&new, &new), Changes::default());
    }
}

#[test]
fn functions_come_and_go() {
    let (hello, bye) = (function("hello", vec![]), function("bye", vec![]));
    let (one, both) = (plugin(vec![hello.clone()]), plugin(vec![bye, hello]));
    let told = |changes: &Changes| changes.iter().map(ToString::to_string).collect::<Vec<_>>();
    let more = Changes::between(&one, &both);
    assert_eq!((more.needs(), told(&more)), (Bump::Minor, vec!["function bye is new".to_owned()]));
    let less = Changes::between(&both, &one);
    assert_eq!((less.needs(), told(&less)), (Bump::Major, vec!["function bye is gone".to_owned()]));
    let other = Changes::between(&one, &Description { name: "meet".into(), ..one.clone() });
    assert_eq!(
        (other.needs(), told(&other)),
        (Bump::Major, vec!["the plugin is called meet instead of greet".to_owned()])
    );
}

#[test]
fn what_is_asked_for() {
    let wish = |name: &str, privilege: &str, on: &str| Capability {
        name: name.into(),
        privilege: privilege.into(),
        kind: "VOLUME".into(),
        on: on.into(),
        reason: "it must".into(),
    };
    let read = || wish("storage", "READ VOLUME", "inbox");
    let clock = || Capability { kind: String::new(), ..wish("clock", "", "") };
    for (old, new, needs) in [
        (vec![], vec![read()], Bump::Major),
        (vec![read()], vec![], Bump::Patch),
        (vec![read()], vec![wish("storage", "READ VOLUME", "outbox")], Bump::Major),
        (vec![read()], vec![wish("storage", "READ VOLUME", "")], Bump::Major),
        (vec![read()], vec![read(), wish("storage", "WRITE VOLUME", "inbox")], Bump::Major),
        (vec![], vec![clock()], Bump::Minor),
        (vec![clock()], vec![], Bump::Patch),
        (vec![read()], vec![Capability { reason: "it would like to".into(), ..read() }], Bump::Patch),
    ] {
        let of = |capabilities| Description { capabilities, ..plugin(vec![]) };
        let changes = Changes::between(&of(old), &of(new));
        assert_eq!(changes.needs(), needs, "{changes:?}");
    }
}

#[test]
fn interfaces() {
    fn surface(exports: &[(&str, &[&str])], imports: &[&str]) -> Inspection {
        let named = |name: &str, items: &[&str]| Extern {
            name: name.into(),
            kind: "interface",
            items: items.iter().map(|item| (*item).to_owned()).collect(),
        };
        Inspection {
            digest: Digest::of(b""),
            size: 0,
            worlds: vec![],
            capabilities: vec![],
            imports: imports.iter().map(|name| named(name, &["call"])).collect(),
            exports: exports.iter().map(|(name, items)| named(name, items)).collect(),
            modules: 0,
            functions: 0,
        }
    }
    let udf: (&str, &[&str]) = ("polder:plugin/udf@0.1.0", &["scalar"]);
    let log = "polder:host/log@0.1.0";
    for (old, new, needs) in [
        (surface(&[udf], &[]), surface(&[udf], &[log]), Bump::Patch),
        (surface(&[udf], &[log]), surface(&[udf], &["polder:host/clock@0.1.0"]), Bump::Minor),
        (surface(&[udf], &["polder:host/clock@0.1.0"]), surface(&[udf], &[]), Bump::Patch),
        (surface(&[], &["wasi:http/types@0.2.6"]), surface(&[], &["wasi:http/types@0.2.12"]), Bump::Minor),
        (surface(&[], &["wasi:http/types@0.2.12"]), surface(&[], &["wasi:http/types@0.2.6"]), Bump::Patch),
        (surface(&[udf], &[]), surface(&[udf, ("polder:plugin/tasks@0.1.0", &["run"])], &[]), Bump::Minor),
        (surface(&[udf], &[]), surface(&[], &[]), Bump::Major),
        // Which hosts run it is not its own surface.
        (surface(&[udf], &[]), surface(&[("polder:plugin/udf@0.2.0", &["scalar"])], &[]), Bump::Minor),
        (surface(&[("a:b/c@1.0.0", &["f"])], &[]), surface(&[("a:b/c@1.1.0", &["f", "g"])], &[]), Bump::Minor),
        (surface(&[("a:b/c@1.1.0", &["f"])], &[]), surface(&[("a:b/c@1.0.0", &["f"])], &[]), Bump::Major),
        (surface(&[("a:b/c@1.0.0", &["f"])], &[]), surface(&[("a:b/c@2.0.0", &["f"])], &[]), Bump::Major),
        (surface(&[("a:b/c", &["f", "g"])], &[]), surface(&[("a:b/c", &["f"])], &[]), Bump::Major),
        (surface(&[("a:b/c@1.0.0", &["f"])], &[]), surface(&[("a:b/c@1.0.0", &["f"])], &[]), Bump::Patch),
    ] {
        let changes = Changes::default().and_surfaces(&old, &new);
        assert_eq!(changes.needs(), needs, "{changes:?}");
    }
}
