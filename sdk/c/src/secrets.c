/// `polder:host/secrets`
#include "host.h"
#include "polder/host/small.h"

ANSWER(wit_placeholder, polder_text text)

IMPORT("polder:host/secrets@0.1.0", "placeholder")
void host_placeholder(FLAT_TEXT(connection), FLAT_TEXT(name), wit_placeholder *);

bool polder_placeholder(polder_text connection, polder_text name, polder_text *placeholder) {
    wit_placeholder answer;
    host_placeholder(FLATTEN_TEXT(connection), FLATTEN_TEXT(name), &answer);
    *placeholder = answer.text;
    return granted(answer.failed, &answer.refusal);
}
