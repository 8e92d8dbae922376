//! The core module of a stand-in.
//!
//! Memory begins with zeros, which are the answer of most functions, then has a place for the other results, then what
//! is passed in: each call forgets what was passed to the last.

use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, EntityType, ExportKind, ExportSection, Function, FunctionSection, GlobalSection,
    GlobalType, ImportSection, Instruction, MemArg, MemorySection, MemoryType, Module, NameMap, NameSection,
    TypeSection, ValType,
};
use wit_parser::abi::{WasmSignature, WasmType};

use super::inert::Answer;

/// Bytes of zeros.
pub(super) const NOTHING: u32 = 1 << 10;
/// Bytes of a result that is not zeros.
pub(super) const STORED: usize = 16;
/// Where that lies.
const ANSWER: u32 = NOTHING;
/// Where begins what is passed in.
const HEAP: u32 = 2 << 10;

/// Globals: where the heap's free part begins, the clock, the state of the random bytes, where what is being taken ends.
const FREE: u32 = 0;
const CLOCK: u32 = 1;
const RANDOM: u32 = 2;
const END: u32 = 3;

/// What a value is in a core module.
pub(super) fn core(ty: WasmType) -> ValType {
    match ty {
        WasmType::I32 | WasmType::Pointer | WasmType::Length => ValType::I32,
        WasmType::I64 | WasmType::PointerOrI64 => ValType::I64,
        WasmType::F32 => ValType::F32,
        WasmType::F64 => ValType::F64,
    }
}

/// A module as it grows.
#[derive(Default)]
pub(super) struct Stub {
    /// Functions that make resources, by module and name: they are imported, so they have the first numbers.
    makers: Vec<(String, String)>,
    functions: Vec<Body>,
    memory: bool,
}

struct Body {
    params: Vec<ValType>,
    results: Vec<ValType>,
    export: String,
    name: String,
    code: Function,
}

impl Stub {
    /// Adds a function with its export, and the name that it bears in messages.
    pub(super) fn add(&mut self, signature: &WasmSignature, export: String, name: String, answer: &Answer) {
        let passed = |ty: &WasmType| matches!(ty, WasmType::Pointer | WasmType::PointerOrI64 | WasmType::Length);
        self.memory |= signature.retptr || signature.indirect_params || signature.params.iter().any(passed);
        let results: Vec<ValType> = signature.results.iter().map(|ty| core(*ty)).collect();
        let code = self.code(signature, &results, answer);
        let params = signature.params.iter().map(|ty| core(*ty)).collect();
        self.functions.push(Body { params, results, export, name, code });
    }

    fn code(&mut self, signature: &WasmSignature, results: &[ValType], answer: &Answer) -> Function {
        use Instruction::*;
        // After the parameters, of which those that need locals have at most two.
        let mut code = Function::new([(2, ValType::I32)]);
        let local = signature.params.len() as u32;
        code.instruction(&I32Const(HEAP as i32)).instruction(&GlobalSet(FREE));
        match answer {
            Answer::Trap => {
                code.instruction(&Unreachable);
            }
            // The address of zeros is zero as well.
            Answer::Nothing => number(&mut code, results, 0),
            Answer::Number(value) => number(&mut code, results, *value),
            Answer::Stored(bytes) => {
                for (offset, eight) in bytes.chunks_exact(8).enumerate() {
                    let value = i64::from_le_bytes(eight.try_into().unwrap_or_default());
                    code.instruction(&I32Const(ANSWER as i32)).instruction(&I64Const(value));
                    code.instruction(&I64Store(at(offset as u64 * 8, 3)));
                }
                code.instruction(&I32Const(ANSWER as i32));
            }
            Answer::Resource(module, name) => {
                let maker = self.maker(module, name);
                code.instruction(&I32Const(1)).instruction(&Call(maker));
            }
            Answer::Clock => {
                code.instruction(&GlobalGet(CLOCK)).instruction(&I64Const(1_000_000)).instruction(&I64Add);
                code.instruction(&GlobalSet(CLOCK)).instruction(&GlobalGet(CLOCK));
            }
            Answer::Random => {
                next_random(&mut code);
                code.instruction(&GlobalGet(RANDOM));
            }
            Answer::RandomBytes => random_bytes(&mut code, [local, local + 1]),
            Answer::AllReady => all_ready(&mut code, local),
        }
        code.instruction(&End);
        code
    }

    fn maker(&mut self, module: &str, name: &str) -> u32 {
        let known = self.makers.iter().position(|(m, n)| m == module && n == name);
        let place = known.unwrap_or_else(|| {
            self.makers.push((module.to_owned(), name.to_owned()));
            self.makers.len() - 1
        });
        place as u32
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        if self.memory {
            self.functions.push(realloc());
        }
        let (mut types, mut imports, mut functions) =
            (TypeSection::new(), ImportSection::new(), FunctionSection::new());
        let (mut exports, mut code, mut names) = (ExportSection::new(), CodeSection::new(), NameMap::new());
        types.ty().function([ValType::I32], [ValType::I32]);
        for (module, name) in &self.makers {
            imports.import(module, name, EntityType::Function(0));
        }
        let first = self.makers.len() as u32;
        for (place, body) in self.functions.into_iter().enumerate() {
            let (ty, index) = (types.len(), first + place as u32);
            types.ty().function(body.params, body.results);
            functions.function(ty);
            exports.export(&body.export, ExportKind::Func, index);
            code.function(&body.code);
            names.append(index, &body.name);
        }
        let (mut memories, mut globals) = (MemorySection::new(), GlobalSection::new());
        if self.memory {
            let page = MemoryType { minimum: 1, maximum: None, memory64: false, shared: false, page_size_log2: None };
            memories.memory(page);
            exports.export("memory", ExportKind::Memory, 0);
        }
        let global = |val_type| GlobalType { val_type, mutable: true, shared: false };
        globals.global(global(ValType::I32), &ConstExpr::i32_const(HEAP as i32));
        globals.global(global(ValType::I64), &ConstExpr::i64_const(1_000_000_000));
        globals.global(global(ValType::I64), &ConstExpr::i64_const(0x2545_F491_4F6C_DD1D));
        globals.global(global(ValType::I64), &ConstExpr::i64_const(0));
        let mut named = NameSection::new();
        named.functions(&names);
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&functions).section(&memories).section(&globals);
        module.section(&exports).section(&code).section(&named);
        module.finish()
    }
}

fn at(offset: u64, align: u32) -> MemArg {
    MemArg { offset, align, memory_index: 0 }
}

fn number(code: &mut Function, results: &[ValType], value: i64) {
    for result in results {
        code.instruction(&match result {
            ValType::I64 => Instruction::I64Const(value),
            ValType::F32 => Instruction::F32Const(0.0_f32.into()),
            ValType::F64 => Instruction::F64Const(0.0_f64.into()),
            _ => Instruction::I32Const(value as i32),
        });
    }
}

/// Takes as many bytes of the heap as the number (of 64 bits) on the stack says, aligned for all types: `local` holds where
/// they begin. Memory grows if it must.
fn take(code: &mut Function, local: u32) {
    use Instruction::*;
    for instruction in [
        GlobalGet(FREE),
        I32Const(7),
        I32Add,
        I32Const(-8),
        I32And,
        LocalTee(local),
        I64ExtendI32U,
        I64Add,
        // Beyond what 32 bits can address there is nothing to grow to; the trap below says so.
        GlobalSet(END),
        Block(BlockType::Empty),
        GlobalGet(END),
        MemorySize(0),
        I64ExtendI32U,
        I64Const(16),
        I64Shl,
        I64LeU,
        BrIf(0),
        GlobalGet(END),
        I64Const(0xffff),
        I64Add,
        I64Const(16),
        I64ShrU,
        MemorySize(0),
        I64ExtendI32U,
        I64Sub,
        I32WrapI64,
        MemoryGrow(0),
        I32Const(-1),
        I32Ne,
        BrIf(0),
        Unreachable,
        End,
        GlobalGet(END),
        I32WrapI64,
        GlobalSet(FREE),
    ] {
        code.instruction(&instruction);
    }
}

/// Takes memory for what is passed in: (old, its size, alignment, size) → new.
fn realloc() -> Body {
    use Instruction::*;
    let mut code = Function::new([(1, ValType::I32)]);
    code.instruction(&LocalGet(3)).instruction(&I64ExtendI32U);
    take(&mut code, 4);
    for instruction in [
        LocalGet(4),
        LocalGet(0),
        LocalGet(1),
        LocalGet(3),
        LocalGet(1),
        LocalGet(3),
        I32LtU,
        Select,
        MemoryCopy { src_mem: 0, dst_mem: 0 },
        LocalGet(4),
        End,
    ] {
        code.instruction(&instruction);
    }
    let (params, results) = (vec![ValType::I32; 4], vec![ValType::I32]);
    Body { params, results, export: "cabi_realloc".to_owned(), name: "realloc".to_owned(), code }
}

/// Steps the generator (xorshift).
fn next_random(code: &mut Function) {
    use Instruction::*;
    for (by, shift) in [(13, I64Shl), (7, I64ShrU), (17, I64Shl)] {
        code.instruction(&GlobalGet(RANDOM)).instruction(&GlobalGet(RANDOM)).instruction(&I64Const(by));
        code.instruction(&shift).instruction(&I64Xor).instruction(&GlobalSet(RANDOM));
    }
}

/// A list of as many bytes as the first parameter (64 bits) says; `locals` are two that are free.
fn random_bytes(code: &mut Function, [begin, done]: [u32; 2]) {
    use Instruction::*;
    // More than memory can hold is no number of bytes.
    for instruction in [LocalGet(0), I64Const(32), I64ShrU, I64Eqz, I32Eqz, If(BlockType::Empty), Unreachable, End] {
        code.instruction(&instruction);
    }
    code.instruction(&LocalGet(0));
    take(code, begin);
    code.instruction(&Block(BlockType::Empty)).instruction(&Loop(BlockType::Empty));
    for instruction in [LocalGet(done), LocalGet(0), I32WrapI64, I32GeU, BrIf(1)] {
        code.instruction(&instruction);
    }
    next_random(code);
    for instruction in [
        LocalGet(begin),
        LocalGet(done),
        I32Add,
        GlobalGet(RANDOM),
        I64Store8(at(0, 0)),
        LocalGet(done),
        I32Const(1),
        I32Add,
        LocalSet(done),
        Br(0),
        End,
        End,
        I32Const(ANSWER as i32),
        LocalGet(begin),
        I32Store(at(0, 2)),
        I32Const(ANSWER as i32),
        LocalGet(0),
        I32WrapI64,
        I32Store(at(4, 2)),
        I32Const(ANSWER as i32),
    ] {
        code.instruction(&instruction);
    }
}

/// The numbers of all things waited for, in the place of the list of them: parameters are where it is, and how long.
fn all_ready(code: &mut Function, done: u32) {
    use Instruction::*;
    for instruction in [
        Block(BlockType::Empty),
        Loop(BlockType::Empty),
        LocalGet(done),
        LocalGet(1),
        I32GeU,
        BrIf(1),
        LocalGet(0),
        LocalGet(done),
        I32Const(2),
        I32Shl,
        I32Add,
        LocalGet(done),
        I32Store(at(0, 2)),
        LocalGet(done),
        I32Const(1),
        I32Add,
        LocalSet(done),
        Br(0),
        End,
        End,
        I32Const(ANSWER as i32),
        LocalGet(0),
        I32Store(at(0, 2)),
        I32Const(ANSWER as i32),
        LocalGet(1),
        I32Store(at(4, 2)),
        I32Const(ANSWER as i32),
    ] {
        code.instruction(&instruction);
    }
}
