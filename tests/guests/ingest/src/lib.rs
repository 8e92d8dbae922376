//! Tasks: `load` does what a step of a workflow does in earnest; the others call one capability each, so that a test
//! sees what is allowed and what is denied.

mod capabilities;
mod conduct;
mod load;

polder_sdk::wants! {
    storage: "READ VOLUME" on "VOLUME", "reads the files that it loads";
    storage: "WRITE VOLUME" on "VOLUME", "writes and deletes files";
    query: "SELECT" on "TABLE", "asks what you tell it to";
    query: "MODIFY" on "TABLE", "writes the rows that it reads";
    catalog: "MANAGE" on "TABLE", "comments on tables and tags them";
    state, "remembers how far it came";
    metrics, "tells how many rows it has read";
    clock, "tells the time";
    random, "throws dice";
}
