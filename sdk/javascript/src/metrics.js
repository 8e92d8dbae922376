import host from "#host/metrics";

export const counter = (name, add) => host.counter(name, Number(add));
export const gauge = (name, value) => host.gauge(name, Number(value));
export const progress = (done, total) => host.progress(Number(done), total === undefined ? null : Number(total));
