//! Outputs of tasks and scores of models that are not what they should be; and logs without end.

use polder_sandbox::Limits;

use crate::stage::{Stage, beside, beside_with, limits};

#[test]
fn outputs_that_are_not_json() {
    beside(async |stage| {
        stage.install("tasks").await;
        stage.stopped("CALL evil.not_json()", &["broke the plugin contract", "output `x` is not JSON"]).await;
        stage.stopped("CALL evil.output_nested()", &["recursion limit"]).await;
    });
}

#[test]
fn outputs_with_names_that_are_none() {
    beside(async |stage| {
        stage.install("tasks").await;
        for task in ["output_control", "output_empty"] {
            stage.stopped(&format!("CALL evil.{task}()"), &["broke the plugin contract", "an output is named"]).await;
        }
    });
}

#[test]
fn outputs_without_measure() {
    beside(async |stage| {
        stage.install("tasks").await;
        stage.stopped("CALL evil.outputs_million()", &["limit `"]).await;
        stage.stopped("CALL evil.output_huge()", &["`result_bytes`", "16 MiB"]).await;
        stage.stopped("CALL evil.output_gigabyte()", &["`memory`", "64 MiB"]).await;
        stage.stopped("CALL evil.fail()", &["…"]).await;
    });
}

/// Its model is a file; a secret lies beside the volume.
async fn scorers(stage: &Stage) {
    stage.install("scorers").await;
    let folder = stage.folder().join("models");
    std::fs::create_dir_all(folder.join("model")).unwrap();
    std::fs::write(stage.folder().join("secret.txt"), "sesame").unwrap();
    std::fs::write(folder.join("model/weights"), "1").unwrap();
    std::fs::write(folder.join("other"), "2").unwrap();
    std::os::unix::fs::symlink(stage.folder(), folder.join("model/link")).unwrap();
    stage.did(&format!("CREATE EXTERNAL VOLUME evil.models LOCATION '{}'", folder.display())).await;
}

fn score(scorer: &str) -> String {
    format!("SELECT * FROM evil.{scorer}(TABLE evil.t, model => '/Volumes/main/evil/models/model')")
}

#[test]
fn scores_of_other_rows() {
    beside(async |stage| {
        scorers(stage).await;
        for name in ["rows_fewer", "rows_more"] {
            let why = ["broke the plugin contract", "rows where 10 are expected"];
            stage.stopped(&score(name), &why).await;
        }
    });
}

#[test]
fn scorers_that_never_end() {
    beside(async |stage| {
        scorers(stage).await;
        stage.stopped(&score("spin_load"), &["`call_time`", "2s"]).await;
        stage.stopped(&score("spin_score"), &["`call_time`", "2s"]).await;
    });
}

#[test]
fn a_scorer_that_reads_beside_its_model() {
    beside(async |stage| {
        scorers(stage).await;
        stage.stopped(&score("lead_out"), &["read [] of [\"weights\"]"]).await;
        let outside = score("rows_more").replace("models/model", "models/../secret.txt");
        stage.stopped(&outside, &["it has '.' or '..'"]).await;
    });
}

#[test]
fn a_model_that_is_too_large() {
    beside_with(Limits { model_bytes: 1, ..limits() }, async |stage| {
        scorers(stage).await;
        std::fs::write(stage.folder().join("models/model/more"), "23").unwrap();
        stage.stopped(&score("rows_more"), &["`model_bytes`: 1"]).await;
    });
}
