// From types of TypeScript to types of SQL.

import { Complaint } from "./complaint.mjs";
import { snakeCase } from "../src/name.js";

/** Typed arrays that stand for lists of numbers. Bytes are BINARY. */
const LISTS = {
  Int8Array: "c",
  Int16Array: "s",
  Uint16Array: "S",
  Int32Array: "i",
  Uint32Array: "I",
  BigInt64Array: "l",
  BigUint64Array: "L",
  Float32Array: "f",
  Float64Array: "g",
};

/** Reads types; `at` is the node that a complaint names. */
export class Types {
  /**
   * @param {typeof import("typescript")} ts
   * @param {import("typescript").TypeChecker} checker
   */
  constructor(ts, checker) {
    this.ts = ts;
    this.checker = checker;
  }

  /** A type without null, and whether null was in it. */
  present(type) {
    const { Null, Undefined, Void } = this.ts.TypeFlags;
    if (!type.isUnion()) return { type, nullable: (type.flags & (Null | Undefined | Void)) !== 0 };
    const rest = type.types.filter((one) => !(one.flags & (Null | Undefined)));
    const nullable = rest.length < type.types.length;
    if (!nullable) return { type, nullable };
    return { type: rest.length === 1 ? rest[0] : this.checker.getNonNullableType(type), nullable };
  }

  /**
   * The type of SQL of a value that is not null.
   * @returns {import("../src/type.js").Type}
   */
  sql(type, at) {
    const flags = this.ts.TypeFlags;
    const all = (mask) => (type.isUnion() ? type.types : [type]).every((one) => one.flags & mask);
    const named = this.#named(type);
    if (named) return { format: named };
    if (all(flags.StringLike)) return { format: "u" };
    if (all(flags.NumberLike)) return { format: "g" };
    if (all(flags.BigIntLike)) return { format: "l" };
    if (all(flags.BooleanLike)) return { format: "b" };
    if (type.flags & flags.Any)
      throw new Complaint(at, "this has no type; say it, as `: string` or in JSDoc as `{string}`");
    if (type.flags & flags.Object) return this.#object(type, at);
    throw new Complaint(at, `\`${this.text(type)}\` is no type of SQL`);
  }

  /** A field of that name and type. */
  field(key, type, at) {
    const { type: inner, nullable } = this.present(type);
    return { name: snakeCase(key), key, type: this.sql(inner, at), nullable };
  }

  /** The properties of an object type as fields. */
  fields(type, at) {
    const properties = this.checker.getPropertiesOfType(type);
    if (properties.length === 0)
      throw new Complaint(at, `\`${this.text(type)}\` has no properties, which would be its fields`);
    return properties.map((property) => {
      const where = property.valueDeclaration ?? at;
      if (property.flags & this.ts.SymbolFlags.Method) {
        throw new Complaint(where, `\`${property.name}\` is a method: only plain objects can be values of SQL`);
      }
      return this.field(property.name, this.checker.getTypeOfSymbolAtLocation(property, at), where);
    });
  }

  /** The item type of a `Column`, if it is one. */
  column(type) {
    return this.#isOurs(type.symbol, "Column") ? this.checker.getTypeArguments(type)[0] : undefined;
  }

  /** What an iterable that is no list gives. */
  iterated(type) {
    const names = ["Generator", "Iterable", "IterableIterator", "IteratorObject"];
    return names.includes(type.symbol?.name) ? this.checker.getTypeArguments(type)[0] : undefined;
  }

  isUnknown(type) {
    return (type.flags & this.ts.TypeFlags.Unknown) !== 0;
  }

  isVariable(type) {
    return (type.flags & this.ts.TypeFlags.TypeParameter) !== 0;
  }

  /** The item type of a list. */
  item(type) {
    if (this.checker.isTupleType(type)) return this.checker.getIndexTypeOfType(type, this.ts.IndexKind.Number);
    return this.checker.isArrayType(type) ? this.checker.getTypeArguments(type)[0] : undefined;
  }

  text(type) {
    return this.checker.typeToString(type);
  }

  /** The format that one of the SDK's own types names. */
  #named(type) {
    const mark = this.checker.getPropertiesOfType(type).find((property) => property.escapedName.startsWith("__@sql@"));
    if (!mark || !this.#isOurs(mark)) return undefined;
    const literal = this.checker.getNonNullableType(this.checker.getTypeOfSymbol(mark));
    return literal.isStringLiteral() ? literal.value : undefined;
  }

  #object(type, at) {
    const name = type.symbol?.name;
    if (name === "Uint8Array") return { format: "z" };
    if (name === "Date") return { format: "tsu:UTC", as: "date" };
    if (Object.hasOwn(LISTS, name ?? ""))
      return { format: "+l", as: "typed", fields: [item({ format: LISTS[name] }, false)] };
    const inner = this.item(type);
    if (inner) {
      const { type: present, nullable } = this.present(inner);
      return { format: "+l", fields: [item(this.sql(present, at), nullable)] };
    }
    if (name === "Promise")
      throw new Complaint(at, "functions are synchronous: nothing in the sandbox is to be waited for");
    if (type.getCallSignatures().length > 0) throw new Complaint(at, "a function is no value of SQL");
    return { format: "+s", fields: this.fields(type, at) };
  }

  /** Whether a symbol is declared by the SDK. */
  #isOurs(symbol, name = symbol?.name) {
    const file = symbol?.declarations?.[0]?.getSourceFile().fileName ?? "";
    return symbol?.name === name && file.endsWith("/polder.d.ts");
  }
}

const item = (type, nullable) => ({ name: "item", key: "item", type, nullable });
