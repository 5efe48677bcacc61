//! What is told in place of a text that was corrected, withdrawn or taken down.

use super::article::address;
use super::words;
use crate::component::Link;
use office::{Article, Standing};

/// A notice: what is told in place of a text.
#[derive(Clone, Debug, Default)]
pub struct Notice {
    /// Its heading.
    pub title: String,
    /// Its sentence.
    pub text: String,
    /// A way on.
    pub link: Option<Link>,
}

/// The notice of an item; none where its text is the present one.
pub fn of(article: &Article) -> Option<Notice> {
    let when =
        |ended: &Option<(law::Moment, String)>| ended.as_ref().map(|(at, why)| (words::instant(*at), why.clone()));
    let (at, why) = when(&article.ended).unwrap_or_default();
    match article.standing {
        Standing::Public => None,
        Standing::Superseded => Some(Notice {
            title: "这是较早的版本".into(),
            text: format!("本页内容已经更正，这个版本自{at}起不再是现行版本，保留供核对。"),
            link: Some(Link::new(address(&article.item), "查看现行版本")),
        }),
        Standing::Withdrawn => Some(Notice {
            title: "本信息已撤回公开".into(),
            text: format!("撤回时间：{at}。撤回原因：{}。", why.trim_end_matches('。')),
            link: None,
        }),
        Standing::Gone => {
            Some(Notice { title: "本信息已撤下".into(), text: format!("撤下时间：{at}。"), link: None })
        }
    }
}
