;; A core module with every export of the functions world, to be made a component: whatever the host asks first,
;; describe, does what a test puts in place of BODY.
(module
  (memory (export "memory") 2)
  ;; $START
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
  (func (export "polder:plugin/description@0.1.0#describe") (result i32)
    ;; $BODY
  )

  (func (export "polder:plugin/udf@0.1.0#[static]scalar.bind") (param i32 i32 i32 i32) (result i32) unreachable)
  (func (export "polder:plugin/udf@0.1.0#[method]scalar.returns") (param i32) (result i32) unreachable)
  (func (export "polder:plugin/udf@0.1.0#[method]scalar.call") (param i32 i32 i32 i32) (result i32) unreachable)

  (func (export "polder:plugin/udf@0.1.0#[static]aggregate.bind") (param i32 i32 i32 i32) (result i32) unreachable)
  (func (export "polder:plugin/udf@0.1.0#[method]aggregate.returns") (param i32) (result i32) unreachable)
  (func (export "polder:plugin/udf@0.1.0#[method]aggregate.state-schema") (param i32) (result i32) unreachable)
  (func (export "polder:plugin/udf@0.1.0#[method]aggregate.update")
    (param i32 i32 i32 i32 i32 i32 i32) (result i32) unreachable)
  (func (export "polder:plugin/udf@0.1.0#[method]aggregate.merge")
    (param i32 i32 i32 i32 i32 i32 i32) (result i32) unreachable)
  (func (export "polder:plugin/udf@0.1.0#[method]aggregate.state") (param i32 i32 i32) (result i32) unreachable)
  (func (export "polder:plugin/udf@0.1.0#[method]aggregate.evaluate") (param i32 i32 i32) (result i32) unreachable)
  (func (export "polder:plugin/udf@0.1.0#[method]aggregate.size") (param i32) (result i64) unreachable)

  (func (export "polder:plugin/udf@0.1.0#[static]table-function.bind") (param i32 i32 i32 i32) (result i32) unreachable)
  (func (export "polder:plugin/udf@0.1.0#[method]table-function.returns") (param i32) (result i32) unreachable)
  (func (export "polder:plugin/udf@0.1.0#[method]table-function.open") (param i32 i32 i32 i32) (result i32) unreachable)
  (func (export "polder:plugin/udf@0.1.0#[method]table-function.next") (param i32 i32) (result i32) unreachable)
)
