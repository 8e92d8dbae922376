//! Tasks: `load` does what a step of a workflow does in earnest; the others call one capability each, so that a test
//! sees what is allowed and what is denied.

mod capabilities;
mod conduct;
mod load;
mod web;

polder_sdk::wants! {
    storage: "READ VOLUME" on "VOLUME", "reads the files that it loads";
    storage: "WRITE VOLUME" on "VOLUME", "writes and deletes files";
    query: "SELECT" on "TABLE", "asks what you tell it to";
    query: "MODIFY" on "TABLE", "writes the rows that it reads";
    catalog: "MANAGE" on "TABLE", "comments on tables and tags them";
    http: "USE CONNECTION" on "CONNECTION", "sends what you tell it to";
    secrets, "names itself to where the connection leads";
    state, "remembers how far it came";
    metrics, "tells how many rows it has read";
    clock, "tells the time";
    random, "throws dice";
}
