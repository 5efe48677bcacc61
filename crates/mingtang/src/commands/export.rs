//! `mingtang export site`: everything public as open files that need no server of ours.

mod feed;
mod item;
mod shelf;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use office::{Fail, Office, Public, Standing};
use publication::Columns;
use serde_json::json;

use crate::{Globals, Stop};
use item::Entry;
use shelf::Shelf;

/// Items asked for at a time.
const BATCH: i64 = 500;

/// 导出数据。
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// 把全部已公开的内容导出为网页和开放数据文件；同样的内容每次导出的文件一模一样
    Site(SiteArgs),
}

#[derive(Debug, clap::Args)]
struct SiteArgs {
    /// 导出到哪个目录；已有的上一次导出会被整个换掉
    dir: PathBuf,
    /// 网站地址，写进订阅源、网站地图和证明地址
    #[arg(long, value_name = "URL", default_value = "")]
    base: String,
    /// 输出JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// Exit: 0; 1 when the directory holds something else; 4 on a missing store.
///
/// # Errors
/// A store or directory that cannot be read or written.
pub fn run(args: Args, globals: &Globals) -> Result<ExitCode, Stop> {
    let Command::Site(args) = args.command;
    let office = globals.office(false)?;
    let mut shelf = Shelf::open(&args.dir)?;
    let base = args.base.trim_end_matches('/').to_owned();
    let counts = super::runtime()?.block_on(Site { office: &office, base }.write(&mut shelf))?;
    let files = shelf.finish()?;
    let (items, notices) = counts;
    if args.json {
        println_line(&json!({ "items": items, "notices": notices, "files": files }).to_string());
    } else {
        println_line(&format!("已导出{items}条信息、{notices}条撤回说明，共{files}个文件。"));
    }
    Ok(ExitCode::SUCCESS)
}

fn println_line(line: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// What is exported, and where it will stand.
struct Site<'a> {
    office: &'a Office,
    base: String,
}

impl Site<'_> {
    async fn write(&self, shelf: &mut Shelf) -> Result<(usize, usize), Stop> {
        let body = self.office.default_body();
        let told = self.office.body(body)?;
        let columns = self.office.rules().columns(&told.kind).cloned();
        let (mut entries, mut notices, mut after) = (Vec::new(), 0, String::new());
        loop {
            let batch = self.office.public_items(body, &after, BATCH).await?;
            let Some(last) = batch.last() else { break };
            after.clone_from(&last.item);
            for one in batch {
                let read = self.office.article(body, &one.item).await;
                let article = match read {
                    // Taken away while the export ran.
                    Err(Fail::NotFound) => continue,
                    read => read?,
                };
                let kind = self.office.rules().kind(&one.kind);
                if article.standing == Standing::Withdrawn {
                    notices += 1;
                    shelf.put(&format!("a/{}.html", one.item), item::notice(&article, &told.name).as_bytes())?;
                    continue;
                }
                if article.standing != Standing::Public {
                    continue;
                }
                let files = self.files(shelf, &article).await?;
                self.earlier(shelf, &article).await?;
                let page = item::page(&article, kind, columns.as_ref(), &files, &told.name);
                shelf.put(&format!("a/{}.html", one.item), page.as_bytes())?;
                shelf.put(&format!("a/{}.json", one.item), item::record(&article, &self.base, &files).as_bytes())?;
                entries.push(Entry::of(&article, &one));
            }
            eprintln!("已导出{}条……", entries.len());
        }
        entries.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.item.cmp(&b.item)));
        self.lists(shelf, &entries, columns.as_ref(), &told.name)?;
        self.addresses(shelf, body, &entries).await?;
        Ok((entries.len(), notices))
    }

    /// Writes the earlier editions of an item as data, each under its own id (practice P2: both are kept).
    async fn earlier(&self, shelf: &mut Shelf, article: &office::Article) -> Result<(), Stop> {
        for version in article.versions.iter().filter(|version| version.standing == Standing::Superseded) {
            let earlier = match self.office.article(self.office.default_body(), &version.public_id).await {
                Err(Fail::NotFound) => continue,
                read => read?,
            };
            if earlier.standing != Standing::Superseded {
                continue;
            }
            let files = self.files(shelf, &earlier).await?;
            let name = format!("e/{}.json", earlier.public_id);
            shelf.put(&name, item::record(&earlier, &self.base, &files).as_bytes())?;
        }
        Ok(())
    }

    /// Writes the files of an item; answers their names in the export, in order.
    async fn files(&self, shelf: &mut Shelf, article: &office::Article) -> Result<Vec<String>, Stop> {
        let mut names = Vec::new();
        for file in &article.files {
            let read = self.office.public_file(self.office.default_body(), &file.public_id).await?;
            let end = Path::new(&file.name).extension().and_then(|end| end.to_str()).unwrap_or("bin");
            let end: String = end.chars().filter(char::is_ascii_alphanumeric).take(8).collect();
            let name = format!("file/{}.{}", file.public_id, end.to_ascii_lowercase());
            shelf.put(&name, &read.bytes)?;
            names.push(name);
        }
        Ok(names)
    }

    /// Columns as lists and data, the home page, feeds.
    fn lists(&self, shelf: &mut Shelf, all: &[Entry], columns: Option<&Columns>, name: &str) -> Result<(), Stop> {
        let mut index = Vec::new();
        for column in columns.map(|columns| columns.columns.as_slice()).unwrap_or_default() {
            let below: Vec<&str> = columns
                .map(|columns| columns.below(&column.id))
                .unwrap_or_default()
                .iter()
                .map(|one| one.id.as_str())
                .collect();
            let of: Vec<&Entry> =
                all.iter().filter(|entry| entry.columns.iter().any(|one| below.contains(&one.as_str()))).collect();
            shelf.put(&format!("c/{}.html", column.id), item::list(&column.label, &of, name).as_bytes())?;
            shelf.put(&format!("c/{}.json", column.id), item::list_data(&column.label, &of, &self.base).as_bytes())?;
            feed::write(shelf, &self.base, &column.id, &format!("{}－{name}", column.label), &of)?;
            index.push((column.id.clone(), column.label.clone(), of.len()));
        }
        let every: Vec<&Entry> = all.iter().collect();
        feed::write(shelf, &self.base, "all", name, &every)?;
        shelf.put("all.html", item::list("全部信息", &every, name).as_bytes())?;
        shelf.put("index.html", item::home(name, &index, all.len()).as_bytes())
    }

    /// Sitemap, and old addresses with what stands there now.
    async fn addresses(&self, shelf: &mut Shelf, body: i64, all: &[Entry]) -> Result<(), Stop> {
        shelf.put("sitemap.xml", feed::sitemap(&self.base, all).as_bytes())?;
        let known: std::collections::BTreeMap<&str, &Entry> = all.iter().map(|one| (one.item.as_str(), one)).collect();
        let mut lines = String::new();
        for old in self.office.old_addresses(body).await? {
            let Some(entry) = known.get(old.item.as_str()) else { continue };
            // A blank in an address would end its column.
            let from: String = old.from.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
            lines.push_str(&format!("{from}\t{}{}\n", self.base, entry.path()));
        }
        shelf.put("redirects.tsv", lines.as_bytes())
    }
}

/// Address of an item's page in the export.
fn path(item: &Public) -> String {
    format!("/a/{}.html", item.item)
}
