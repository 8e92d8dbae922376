// From what a module exports to functions of SQL and tasks.

import { Complaint } from "./complaint.mjs";
import { docOf, parameterDoc } from "./doc.mjs";
import { shapeOf } from "./shape.mjs";
import { snakeCase } from "../src/name.js";

/** Reads the exports of an author's module. */
export class Functions {
  /**
   * @param {typeof import("typescript")} ts
   * @param {import("./types.mjs").Types} types
   */
  constructor(ts, types) {
    this.ts = ts;
    this.types = types;
    this.checker = types.checker;
  }

  /**
   * The function that an export is.
   * @param {string} name
   * @param {import("typescript").Symbol} symbol
   * @param {import("typescript").Node} at
   */
  read(name, symbol, at) {
    const { isTask, ...doc } = docOf(this.ts, this.checker, symbol, name);
    const type = this.checker.getTypeOfSymbol(symbol);
    const common = { export: name, ...doc, variadic: false, columns: false };
    if (type.getConstructSignatures().length > 0) return { ...common, ...this.#aggregate(symbol, at) };
    const [signature, ...overloads] = type.getCallSignatures();
    if (!signature) {
      throw new Complaint(
        at,
        `\`${name}\` is no function; what is not for SQL belongs into another file, or is not exported`,
      );
    }
    if (overloads.length > 0)
      throw new Complaint(at, `\`${name}\` has several signatures: make it a function for each`);
    return { ...common, ...(isTask ? this.#task(signature, at) : this.#rows(signature, doc.name, at)) };
  }

  /** A scalar or table function. */
  #rows(signature, name, at) {
    const variables = [];
    const { parameters, variadic, columns } = this.#parameters(signature, variables, at);
    const returned = signature.getReturnType();
    const row = this.types.iterated(returned);
    if (row) {
      const fields = this.types.fields(row, at);
      return { kind: "table", parameters, variadic, returns: { fields } };
    }
    if (columns && !this.types.column(returned)) throw new Complaint(at, "a function of columns returns a column");
    return { kind: "scalar", parameters, variadic, columns, returns: this.#returns(returned, name, variables, at) };
  }

  #returns(returned, name, variables, at) {
    const { type } = this.types.present(this.types.column(returned) ?? returned);
    const item = this.types.item(type);
    const inner = item ? this.types.present(item).type : type;
    if (this.types.isVariable(inner)) {
      const variable = variables.indexOf(inner);
      if (variable < 0) throw new Complaint(at, `no parameter tells what \`${this.types.text(inner)}\` is`);
      return { variable, list: item !== undefined };
    }
    if (this.types.isUnknown(type)) {
      throw new Complaint(
        at,
        "a result of type `unknown` is of no type of SQL; make it that of an argument: `f<T>(a: T): T`",
      );
    }
    const sql = this.types.sql(type, at);
    return { fields: [{ name, key: name, type: sql, nullable: true }] };
  }

  #parameters(signature, variables, at) {
    let [variadic, columns] = [false, 0];
    const parameters = signature.parameters.map((symbol) => {
      const node = this.#named(symbol, at);
      let declared = this.checker.getTypeOfSymbolAtLocation(symbol, node);
      if (node.dotDotDotToken) {
        variadic = true;
        declared = this.types.item(declared) ?? declared;
      } else if (node.questionToken || node.initializer) {
        throw new Complaint(
          node,
          `SQL leaves no argument out; write \`${symbol.name}: … | null\` for one that may be NULL`,
        );
      }
      const column = this.types.column(declared);
      if (column) columns += 1;
      const parameter = { name: snakeCase(symbol.name), doc: parameterDoc(this.ts, this.checker, symbol) };
      return { ...parameter, ...this.#parameter(column ?? declared, variables, node) };
    });
    if (columns > 0 && columns < parameters.length)
      throw new Complaint(at, "either all parameters are columns, or none");
    return { parameters, variadic, columns: columns > 0 };
  }

  #parameter(declared, variables, node) {
    if (this.types.isUnknown(declared)) return { type: null, nullable: true };
    const { type, nullable } = this.types.present(declared);
    if (!this.types.isVariable(type)) return { type: this.types.sql(type, node), nullable };
    if (!variables.includes(type)) variables.push(type);
    return { type: null, nullable, variable: variables.indexOf(type) };
  }

  /** The declaration of a parameter, which has a name. */
  #named(symbol, at) {
    const node = symbol.valueDeclaration;
    if (!node) return at;
    if (!this.ts.isIdentifier(node.name))
      throw new Complaint(node, "a parameter needs a name of its own, by which SQL calls it");
    return node;
  }

  #aggregate(symbol, at) {
    const instance = this.checker.getDeclaredTypeOfSymbol(symbol);
    const method = (name) => {
      const found = this.checker.getPropertyOfType(instance, name);
      const signature = found && this.checker.getTypeOfSymbolAtLocation(found, at).getCallSignatures()[0];
      if (!signature)
        throw new Complaint(
          at,
          `an exported class is an aggregate: it has the methods update, merge and evaluate, but \`${name}\` is missing`,
        );
      return signature;
    };
    const { parameters, variadic, columns } = this.#parameters(method("update"), [], at);
    if (variadic || columns || parameters.some(({ variable }) => variable !== undefined)) {
      throw new Complaint(at, "`update` takes a fixed number of values of fixed types");
    }
    method("merge");
    const evaluate = method("evaluate");
    const name = docOf(this.ts, this.checker, symbol, symbol.name).name;
    return {
      kind: "aggregate",
      parameters,
      returns: this.#returns(evaluate.getReturnType(), name, [], at),
      state: this.#state(instance, at),
      constants: evaluate.parameters.map((wanted) => {
        const position = parameters.findIndex((parameter) => parameter.name === snakeCase(wanted.name));
        if (position < 0)
          throw new Complaint(wanted.valueDeclaration, `\`update\` has no parameter \`${wanted.name}\``);
        return position;
      }),
    };
  }

  /** The fields of a class: what a partial state is made of. */
  #state(instance, at) {
    const { Property } = this.ts.SymbolFlags;
    const fields = this.checker.getPropertiesOfType(instance).filter((property) => property.flags & Property);
    if (fields.length === 0) throw new Complaint(at, "an aggregate without fields has no state");
    return fields.map((field) => {
      const node = field.valueDeclaration ?? at;
      if (node.name && this.ts.isPrivateIdentifier(node.name)) {
        throw new Complaint(
          node,
          `the state travels, so its fields cannot be private: call it \`${node.name.text.slice(1)}\``,
        );
      }
      return this.types.field(field.name, this.checker.getTypeOfSymbolAtLocation(field, at), node);
    });
  }

  #task(signature, at) {
    const parameters = signature.parameters.map((symbol) => {
      const node = this.#named(symbol, at);
      const { type, nullable } = this.types.present(this.checker.getTypeOfSymbolAtLocation(symbol, node));
      return {
        name: snakeCase(symbol.name),
        doc: parameterDoc(this.ts, this.checker, symbol),
        ...shapeOf(this.types, type, node),
        nullable,
        optional: Boolean(node.questionToken || node.initializer),
      };
    });
    if (signature.getReturnType().symbol?.name === "Promise") throw new Complaint(at, "tasks are synchronous");
    return { kind: "task", volatility: "volatile", parameters, returns: null };
  }
}
