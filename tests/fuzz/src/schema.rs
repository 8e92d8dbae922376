//! Types in a guest's words, and what a guest says of itself.

use arbitrary::{Result, Unstructured};
use polder_sandbox::fuzzing::guest::{Capability, Example, Function, FunctionKind, Parameter, Plugin, Volatility};
use polder_sandbox::fuzzing::{Field, description as check, fields, schema as parse};
use polder_sandbox::{Description, Limits};

/// Words that types are made of, so that inputs come far.
const FORMATS: [&str; 40] = [
    "n",
    "b",
    "c",
    "C",
    "s",
    "S",
    "i",
    "I",
    "l",
    "L",
    "e",
    "f",
    "g",
    "z",
    "Z",
    "u",
    "U",
    "w:3",
    "w:65537",
    "d:10,2",
    "d:9,2,32",
    "d:18,-2,64",
    "d:76,0,256",
    "d:39,1",
    "tdD",
    "tdm",
    "tts",
    "ttn",
    "tsu:UTC",
    "tsn:",
    "tDs",
    "tiM",
    "tin",
    "+l",
    "+L",
    "+s",
    "+m",
    "+w:2",
    "vu",
    "+r",
];

/// Limits that a small input reaches.
fn limits() -> Limits {
    Limits {
        name_bytes: 12,
        text_bytes: 40,
        functions: 4,
        parameters: 3,
        fields: 12,
        type_depth: 4,
        ..Limits::default()
    }
}

/// A schema is refused, or is the same after it went to a guest and came back.
pub fn schema(data: &[u8]) {
    let Ok(claimed) = columns(&mut Unstructured::new(data)) else { return };
    let count = claimed.len();
    let Ok(parsed) = parse(claimed, &limits()) else { return };
    assert_eq!(parsed.flattened_fields().len(), count, "each field of the list is one of the schema");
    let wire = fields(&parsed).expect("what was parsed can cross");
    assert_eq!(parse(wire, &limits()).expect("what crossed can be parsed"), parsed);
}

/// A description is refused, or holds only what is fit to be shown, and is the same after it was stored and read.
pub fn description(data: &[u8]) {
    let mut input = Unstructured::new(data);
    let Ok(plugin) = plugin(&mut input) else { return };
    let requests: Vec<_> = plugin.capabilities.iter().map(|capability| capability.name.clone()).collect();
    let requests: Vec<_> = requests.iter().map(String::as_str).collect();
    let Ok(checked) = check(plugin, &requests, &limits()) else { return };
    let stored = serde_json::to_string(&checked).expect("a description can be stored");
    let read: Description = serde_json::from_str(&stored).expect("what was stored can be read");
    assert_eq!(read, checked);
    assert!(!stored.contains("\\u00"), "control characters in {stored}");
    let identifier = |name: &str| name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    assert!(identifier(&checked.name) && checked.functions.iter().all(|function| identifier(&function.name)));
}

fn columns(input: &mut Unstructured<'_>) -> Result<Vec<Field>> {
    let count = input.int_in_range(0..=14)?;
    (0..count).map(|_| field(input)).collect()
}

fn field(input: &mut Unstructured<'_>) -> Result<Field> {
    let format = if input.ratio(1, 4)? { text(input, 16)? } else { (*input.choose(&FORMATS)?).to_owned() };
    let usual = match format.as_str() {
        "+l" | "+L" | "+m" | "+w:2" => 1,
        "+s" => 2,
        _ => 0,
    };
    let children = if input.ratio(1, 8)? { input.arbitrary()? } else { usual };
    let pairs = if input.ratio(1, 8)? { input.int_in_range(0..=20)? } else { 0 };
    let metadata = (0..pairs).map(|_| Ok((text(input, 6)?, text(input, 6)?))).collect::<Result<_>>()?;
    Ok(Field { name: text(input, 13)?, format, nullable: input.arbitrary()?, children, metadata })
}

fn plugin(input: &mut Unstructured<'_>) -> Result<Plugin> {
    let functions = input.int_in_range(0..=5)?;
    let functions = (0..functions).map(|_| function(input)).collect::<Result<_>>()?;
    let capabilities = input.int_in_range(0..=3)?;
    let capabilities = (0..capabilities).map(|_| {
        Ok(Capability {
            name: name(input)?,
            privilege: words(input)?,
            kind: words(input)?,
            on: text(input, 20)?,
            reason: text(input, 20)?,
        })
    });
    Ok(Plugin {
        capabilities: capabilities.collect::<Result<_>>()?,
        name: name(input)?,
        version: if input.ratio(1, 4)? { text(input, 14)? } else { "1.2.3-rc.1+x".into() },
        summary: text(input, 42)?,
        license: text(input, 10)?,
        authors: vec![text(input, 10)?; input.int_in_range(0..=4)?],
        homepage: text(input, 10)?,
        functions,
    })
}

fn function(input: &mut Unstructured<'_>) -> Result<Function> {
    let kinds = [
        FunctionKind::Scalar,
        FunctionKind::Aggregate,
        FunctionKind::Table,
        FunctionKind::Transform,
        FunctionKind::Scorer,
        FunctionKind::Task,
    ];
    let promises = [Volatility::Immutable, Volatility::Stable, Volatility::Volatile];
    let parameters = input.int_in_range(0..=4)?;
    let parameters = (0..parameters).map(|_| {
        let type_ = if input.ratio(1, 3)? { None } else { Some(vec![field(input)?]) };
        Ok(Parameter { name: name(input)?, type_, optional: input.arbitrary()?, doc: text(input, 8)? })
    });
    Ok(Function {
        parameters: parameters.collect::<Result<_>>()?,
        name: name(input)?,
        kind: *input.choose(&kinds)?,
        doc: text(input, 42)?,
        variadic: input.arbitrary()?,
        returns: if input.arbitrary()? { Some(columns(input)?) } else { None },
        volatility: *input.choose(&promises)?,
        examples: vec![Example { sql: text(input, 20)?, result: text(input, 20)? }; input.int_in_range(0..=2)?],
    })
}

/// A name that is good more often than not.
fn name(input: &mut Unstructured<'_>) -> Result<String> {
    if input.ratio(1, 8)? {
        return text(input, 14);
    }
    let length = input.int_in_range(1..=6)?;
    (0..length).map(|_| Ok(char::from(input.int_in_range(b'a'..=b'z')?))).collect()
}

fn words(input: &mut Unstructured<'_>) -> Result<String> {
    if input.ratio(1, 8)? {
        text(input, 14)
    } else {
        Ok((*input.choose(&["", "SELECT", "READ VOLUME", "TABLE"])?).into())
    }
}

/// Text of at most so many bytes.
fn text(input: &mut Unstructured<'_>, most: usize) -> Result<String> {
    let length = input.int_in_range(0..=most)?;
    let bytes = input.bytes(length.min(input.len()))?;
    Ok(String::from_utf8_lossy(bytes).into_owned())
}
