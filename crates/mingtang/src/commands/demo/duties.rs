//! The demo's standing duties: the catalogue with those who answer for its entries, and notices of higher
//! bodies that are to be reprinted.

use std::collections::BTreeMap;

use office::Role;
use publication::reprint::Notice;
use serde::Deserialize;

use super::Teller;
use crate::{Stop, exit};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Duties {
    /// Keys of the rulebook's entries by unit.
    units: BTreeMap<String, Vec<String>>,
    /// Why an entry is rightly empty, by key.
    nothing: BTreeMap<String, String>,
    #[serde(rename = "notice")]
    notices: Vec<Told>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    title: String,
    issuer: String,
    address: String,
    level: String,
    ago: u32,
}

impl Teller<'_> {
    /// The catalogue, before documents are told of.
    pub(super) async fn duties(&mut self) -> Result<(), Stop> {
        let text = include_str!("../../../demo/duties.toml");
        let told: Duties = toml::from_str(text).map_err(|error| Stop::new(exit::FAILED, error.to_string()))?;
        let clerk = self.login("gongkai")?;
        self.office.fill_catalogue(&clerk).await?;
        let (entries, _) = self.office.catalogue(self.body).await?;
        for one in entries {
            let unit = told.units.iter().find(|(_, keys)| keys.contains(&one.key));
            let unit = unit.and_then(|(name, _)| self.units.get(name)).copied();
            let nothing = told.nothing.get(&one.key).cloned().unwrap_or_default();
            if unit.is_some() || !nothing.is_empty() {
                let entry = publication::catalogue::Entry { nothing, ..one.entry };
                self.office.change_catalogue_entry(&clerk, (one.id, one.seq), entry, unit, "确定责任单位").await?;
            }
        }
        let head = self.officer("区政府办公室", Role::FoiClerk)?;
        for one in told.notices {
            let notice = Notice {
                title: one.title,
                issuer: one.issuer,
                number: String::new(),
                address: one.address,
                published_at: Some(self.ago(one.ago)),
                level: one.level,
            };
            self.office.enter_reprints(&head, vec![notice], head.unit).await?;
        }
        Ok(())
    }
}
