// What QuickJS has and the oldest Node.js has not: base64 of bytes.

Uint8Array.prototype.toBase64 ??= function () {
  return Buffer.from(this).toString("base64");
};
Uint8Array.fromBase64 ??= (text) => new Uint8Array(Buffer.from(text, "base64"));
String.prototype.toWellFormed ??= function () {
  return this.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");
};
