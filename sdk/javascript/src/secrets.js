import host from "#host/secrets";
import { ask } from "./host_error.js";

export const placeholder = (connection, name) => ask(() => host.placeholder(connection, name));
