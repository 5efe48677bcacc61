//! The text of every procedure version that a matter may have been opened under is kept with the store:
//! the same id and version with another content is refused at start.

use std::sync::Arc;

use matter::Procedure;

use crate::office::Office;
use crate::rulebook::Rulebook;
use crate::store::{Fault, Lane, Query, Tx};
use crate::{params, statements};

statements! {
    PIN = "insert into procedure_text (id, version, hash, text) values ($1, $2, $3, $4)";
    PINNED = "select hash from procedure_text where id = $1 and version = $2";
}

impl Office {
    /// Keeps the text of every procedure version, and refuses one that came with another content
    /// under the same version: open matters run under the text they were opened with.
    pub(crate) fn pin_procedures(&self) -> Result<(), Fault> {
        let texts = pinned_texts(self.rules());
        self.store.write_blocking(Lane::People, move |tx: &mut Tx<'_>| {
            for (id, version, hash, text) in texts {
                match tx.row(&PINNED, params![&id, &version], |row| row.get::<String>(0))? {
                    None => drop(tx.execute(&PIN, params![&id, &version, &hash, &text])?),
                    Some(known) if known == hash => {}
                    Some(_) => {
                        let what = format!("procedure {id} {version} was changed without a new version");
                        return Err(Fault::Version(what));
                    }
                }
            }
            Ok(())
        })
    }
}

/// Versions of procedures whose stored text is not that of the rulebook.
pub(crate) fn unlike(q: &mut Query<'_>, rules: &Rulebook) -> Result<Vec<String>, Fault> {
    let mut unlike = Vec::new();
    for (id, version, hash, _) in pinned_texts(rules) {
        let known = q.row(&PINNED, params![&id, &version], |row| row.get::<String>(0))?;
        if known.is_some_and(|known| known != hash) {
            unlike.push(format!("{id} {version}"));
        }
    }
    Ok(unlike)
}

fn pinned_texts(rules: &Rulebook) -> Vec<(String, String, String, String)> {
    let one = |rule: &Arc<Procedure>| {
        let text = serde_json::to_string(rule.as_ref()).unwrap_or_default();
        (rule.id.clone(), rule.version.clone(), rule.hash(), text)
    };
    rules.procedures().map(one).collect()
}
