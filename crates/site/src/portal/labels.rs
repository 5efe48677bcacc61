//! What a page says of its item to machines (政府网站发展指引 附件), and in the line under the title.

use super::article;
use crate::component::Text;
use crate::page::Shell;
use office::Article;
use publication::Kind;
use publication::kind::Place;

/// The labels of a content page (政府网站发展指引 附件); of what was taken away, nothing.
pub(super) fn of(article: &Article, shell: &Shell) -> Vec<(&'static str, String)> {
    if !article::shown(article) {
        return Vec::new();
    }
    let field = |name: &str| article.edition.fields.get(name).cloned().unwrap_or_default();
    let labels = [
        ("ArticleTitle", article.edition.title.clone()),
        ("PubDate", article.since.to_minute()),
        ("ContentSource", source(article)),
        ("Keywords", field("keywords")),
        ("Author", field("author")),
        ("Url", shell.canonical.clone()),
    ];
    labels.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

fn source(article: &Article) -> String {
    let field = |name: &str| article.edition.fields.get(name).filter(|value| !value.is_empty()).cloned();
    field("source").or_else(|| field("issuer")).unwrap_or_else(|| article.unit.clone())
}

pub(super) fn line(article: &Article, kind: Option<&Kind>) -> Vec<Text> {
    let mut line: Vec<Text> = vec![format!("发布时间：{}", article.since.to_minute()).into()];
    let source = source(article);
    line.extend((!source.is_empty()).then(|| format!("来源：{source}").into()));
    line.extend(article.edition.reduced.is_some().then(|| Text::from("删减后公开")));
    let fields = kind
        .into_iter()
        .flat_map(|kind| &kind.fields)
        .filter(|field| field.place == Place::Line && field.id != "source");
    line.extend(
        fields.filter_map(|field| Some(format!("{}：{}", field.label, article.edition.fields.get(&field.id)?).into())),
    );
    line
}
