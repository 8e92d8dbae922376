//! Divisions of 64 bits that try 32 bits first.
//!
//! Many processors take two to three times as long for the wide division, and most numbers are small. So LLVM puts a
//! look at the upper halves before each division when it compiles for x86-64; for WebAssembly it does not, nor does the
//! engine, and a guest's loop over `%` takes half as long again as the same loop outside. This gives modules the look.

use std::convert::Infallible;

use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{BlockType, CodeSection, Function, FunctionSection, Instruction, Module, TypeSection, ValType};
use wasmparser::{CompositeInnerType, FunctionBody, FunctionSectionReader, Operator, Parser, TypeSectionReader};

type Result<T, E = Error<Infallible>> = std::result::Result<T, E>;

/// The module with a look at the upper halves before each division by what is no constant, which the engine turns
/// into a multiplication.
pub(crate) fn look_first(module: &[u8]) -> Result<Vec<u8>> {
    let mut looked = Module::new();
    Divisions::default().parse_core_module(&mut looked, Parser::new(0), module)?;
    Ok(looked.finish())
}

#[derive(Default)]
struct Divisions {
    /// Parameters of each type, and of each function whose body is to come, the next one last.
    types: Vec<u32>,
    functions: Vec<u32>,
}

impl Reencode for Divisions {
    type Error = Infallible;

    fn parse_type_section(&mut self, types: &mut TypeSection, section: TypeSectionReader<'_>) -> Result<()> {
        for group in section.clone() {
            self.types.extend(group?.types().map(|ty| match &ty.composite_type.inner {
                CompositeInnerType::Func(function) => function.params().len() as u32,
                _ => 0,
            }));
        }
        utils::parse_type_section(self, types, section)
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<()> {
        for ty in section.clone() {
            self.functions.push(self.types.get(ty? as usize).copied().unwrap_or_default());
        }
        self.functions.reverse();
        utils::parse_function_section(self, functions, section)
    }

    fn parse_function_body(&mut self, code: &mut CodeSection, body: FunctionBody<'_>) -> Result<()> {
        let parameters = self.functions.pop().unwrap_or_default();
        let mut locals = Vec::new();
        for declared in body.get_locals_reader()? {
            let (count, ty) = declared?;
            locals.push((count, self.val_type(ty)?));
        }
        let first = parameters + locals.iter().map(|(count, _)| count).sum::<u32>();
        locals.push((2, ValType::I64));
        let mut function = Function::new(locals);
        let (mut found, mut by_constant) = (false, false);
        for operator in body.get_operators_reader()? {
            let operator = operator?;
            let short = if by_constant { None } else { in_32_bits(&operator) };
            by_constant = matches!(operator, Operator::I64Const { .. });
            found |= short.is_some();
            let long = self.instruction(operator)?;
            match short {
                Some(short) => divide(&mut function, [first, first + 1], &short, &long),
                None => {
                    function.instruction(&long);
                }
            }
        }
        if !found {
            return utils::parse_function_body(self, code, body);
        }
        code.function(&function);
        Ok(())
    }
}

/// The division of 32 bits that does the same for numbers without a sign.
fn in_32_bits(operator: &Operator<'_>) -> Option<Instruction<'static>> {
    match operator {
        Operator::I64DivS | Operator::I64DivU => Some(Instruction::I32DivU),
        Operator::I64RemS | Operator::I64RemU => Some(Instruction::I32RemU),
        _ => None,
    }
}

/// Divides the two numbers on the stack, with two locals to hold them.
fn divide(function: &mut Function, [a, b]: [u32; 2], short: &Instruction<'_>, long: &Instruction<'_>) {
    use Instruction::*;
    for instruction in [
        LocalSet(b),
        LocalTee(a),
        LocalGet(b),
        I64Or,
        I64Const(32),
        I64ShrU,
        I64Eqz,
        If(BlockType::Result(ValType::I64)),
        LocalGet(a),
        I32WrapI64,
        LocalGet(b),
        I32WrapI64,
        short.clone(),
        I64ExtendI32U,
        Else,
        LocalGet(a),
        LocalGet(b),
        long.clone(),
        End,
    ] {
        function.instruction(&instruction);
    }
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{ExportKind, ExportSection};
    use wasmparser::Validator;

    use super::*;

    /// A module of one function of two numbers.
    fn module(body: &[Instruction<'_>]) -> Vec<u8> {
        let (mut types, mut functions, mut code) = (TypeSection::new(), FunctionSection::new(), CodeSection::new());
        types.ty().function([ValType::I64; 2], [ValType::I64]);
        functions.function(0);
        let mut exports = ExportSection::new();
        exports.export("f", ExportKind::Func, 0);
        let mut function = Function::new([(1, ValType::I32)]);
        for instruction in body {
            function.instruction(instruction);
        }
        code.function(&function);
        let mut module = Module::new();
        module.section(&types).section(&functions).section(&exports).section(&code);
        module.finish()
    }

    fn operators(module: &[u8]) -> Vec<String> {
        let bodies = Parser::new(0).parse_all(module).filter_map(|payload| match payload.unwrap() {
            wasmparser::Payload::CodeSectionEntry(body) => Some(body),
            _ => None,
        });
        let all = bodies.flat_map(|body| body.get_operators_reader().unwrap().into_iter().collect::<Vec<_>>());
        all.map(|operator| format!("{:?}", operator.unwrap())).collect()
    }

    #[test]
    fn wide_divisions_look_first_and_stay_valid() {
        use Instruction::*;
        for (long, short) in [(I64DivS, "I32DivU"), (I64DivU, "I32DivU"), (I64RemS, "I32RemU"), (I64RemU, "I32RemU")] {
            let looked = look_first(&module(&[LocalGet(0), LocalGet(1), long.clone(), End])).unwrap();
            Validator::new().validate_all(&looked).unwrap();
            let operators = operators(&looked);
            assert!(operators.iter().any(|operator| operator == short), "{operators:?}");
            assert!(operators.contains(&format!("{long:?}")), "{operators:?}");
            // Beside the two parameters and the local of the function.
            assert!(operators.contains(&"LocalTee { local_index: 3 }".to_owned()), "{operators:?}");
        }
    }

    #[test]
    fn what_does_not_gain_stays_as_it_is() {
        use Instruction::*;
        for body in [
            vec![LocalGet(0), I64Const(10), I64DivU, End],
            vec![LocalGet(0), LocalGet(1), I64Add, End],
            vec![LocalGet(0), I32WrapI64, LocalGet(1), I32WrapI64, I32DivS, I64ExtendI32S, End],
        ] {
            let module = module(&body);
            assert_eq!(look_first(&module).unwrap(), module);
        }
    }
}
