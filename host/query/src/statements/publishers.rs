//! Publishers: whose signatures are known, and by which keys.

use polder_catalog::{Change, Kind, NewSecurable, Spec, spec};

use super::ddl;
use crate::run::Run;
use crate::sql::{AlterPublisher, Name, NewKey};
use crate::{Answer, Error, Result, trust};

/// `CREATE PUBLISHER acme KEY '-----BEGIN PUBLIC KEY-----…' VALID UNTIL '2027-01-01'`
pub(crate) async fn create(
    run: &Run<'_>,
    name: Name,
    if_not_exists: bool,
    key: NewKey,
    comment: Option<String>,
) -> Result<Answer> {
    let name = run.full(Kind::Publisher, &name)?;
    let publisher = spec::Publisher { keys: vec![read(&key)?] };
    let new = NewSecurable::new(name, Spec::Publisher(publisher)).with_comment(comment);
    ddl::create(run, new, if_not_exists).await
}

/// `ALTER PUBLISHER acme ADD KEY '…'`, `ALTER PUBLISHER acme DROP KEY 'sha256:…'`
pub(crate) async fn alter(run: &Run<'_>, name: Name, change: AlterPublisher) -> Result<Answer> {
    let securable = run.resolve(Kind::Publisher, &name).await?;
    let Some(mut publisher) = securable.as_publisher().cloned() else {
        return Err(Error::Invalid(format!("{} is not a publisher", securable.name)));
    };
    match change {
        AlterPublisher::AddKey(key) => {
            let key = read(&key)?;
            publisher.keys.retain(|one| one.fingerprint != key.fingerprint);
            publisher.keys.push(key);
        }
        AlterPublisher::DropKey(fingerprint) => {
            let before = publisher.keys.len();
            publisher.keys.retain(|one| one.fingerprint != fingerprint);
            if publisher.keys.len() == before {
                let known: Vec<_> = publisher.keys.iter().map(|one| one.fingerprint.as_str()).collect();
                return Err(Error::Invalid(format!(
                    "publisher {} has no key {fingerprint}; it has {}",
                    securable.name,
                    known.join(", ")
                )));
            }
        }
    }
    let spec = Box::new(Spec::Publisher(publisher));
    run.access.alter(&securable, Change::Spec { spec, dependencies: Vec::new() }).await?;
    Ok(Answer::done(format!("Changed publisher {}.", securable.name)))
}

fn read(key: &NewKey) -> Result<spec::Key> {
    trust::key(&key.pem, key.from.as_deref(), key.until.as_deref())
}
