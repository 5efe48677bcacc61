//! The portal as readers and machines find it: navigation, columns, labels, fixed addresses, and what
//! goes on working while nothing can be written.

use crate::support::World;
use axum::http::StatusCode;

/// Pages that show what is public, with the entry of the navigation to which each belongs.
const PAGES: [(&str, &str); 12] = [
    ("/", "/"),
    ("/c/news", "/c/news"),
    ("/c/xw", "/c/news"),
    ("/c/xxgk", "/c/xxgk"),
    ("/c/fdzdgk", "/c/xxgk"),
    ("/c/zcwj", "/c/xxgk"),
    ("/c/gkzn", "/c/xxgk"),
    ("/foi", "/c/xxgk"),
    ("/replies", "/message"),
    ("/message", "/message"),
    ("/petition", "/petition"),
    ("/q", "/q"),
];

/// Contents of the labels of this name.
fn labels(html: &str, name: &str) -> Vec<String> {
    let mark = format!("<meta name=\"{name}\" content=\"");
    html.split(&mark).skip(1).map(|rest| rest.split('"').next().unwrap_or_default().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_stands_under_one_entry_of_the_navigation_and_carries_its_labels() {
    let world = World::new().await;
    let mut reader = world.client();
    for (path, entry) in PAGES {
        let page = reader.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        let nav = page.text.split("aria-label=\"主导航\"").nth(1).and_then(|rest| rest.split("</nav>").next()).unwrap();
        let open: Vec<&str> = nav.split("<li>").filter(|one| one.contains("aria-current=")).collect();
        assert_eq!(open.len(), 1, "{path}: {open:?}");
        assert!(open[0].starts_with(&format!("<a href=\"{entry}\"")), "{path}: {open:?}");
        let word = if path == entry { "page" } else { "true" };
        assert!(open[0].contains(&format!("aria-current=\"{word}\"")), "{path}: {open:?}");
        let column: &[&str] = &["ColumnName", "ColumnDescription", "ColumnKeywords", "ColumnType"];
        for name in column.iter().filter(|_| path != "/") {
            let found = labels(&page.text, name);
            assert!(found.len() == 1 && !found[0].is_empty(), "{path}: {name} {found:?}");
        }
        assert_eq!(labels(&page.text, "SiteName").len(), 1, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_statutory_column_has_exactly_the_prescribed_blocks() {
    let world = World::new().await;
    let mut reader = world.client();
    let known = reader.get("/xxgk").await;
    assert_eq!((known.status, known.header("location")), (StatusCode::SEE_OTHER, "/c/xxgk"));
    let page = reader.get("/c/xxgk").await;
    let menu = page.text.split("<nav class=\"lm").nth(1).and_then(|rest| rest.split("</nav>").next()).unwrap();
    let blocks: Vec<&str> =
        menu.split("<li>").skip(1).filter_map(|one| one.split('>').nth(1)?.split('<').next()).collect();
    let prescribed = ["政府信息公开指南", "政府信息公开制度", "法定主动公开内容", "政府信息公开年报", "依申请公开"];
    assert_eq!(blocks, prescribed, "国办公开办函〔2019〕61号");
    let tree = reader.get("/c/fdzdgk").await.text;
    assert!(tree.contains("还没有内容。形成之日起20个工作日内公开"), "an empty leaf is explained");
    assert_eq!(reader.get("/c/nothing").await.status, StatusCode::NOT_FOUND);
    let list = reader.get("/c/zcwj.csv").await;
    assert!(list.text.starts_with('\u{feff}') && list.header("content-disposition").starts_with("attachment"));
}

#[tokio::test(flavor = "multi_thread")]
async fn machines_find_their_pages() {
    let world = World::new().await;
    let mut reader = world.client();
    let robots = reader.get("/robots.txt").await;
    assert!(robots.text.contains("Disallow: /desk") && !robots.text.contains("Disallow: /\n"), "{}", robots.text);
    let map = reader.get("/sitemap.xml").await;
    assert!(map.header("content-type").starts_with("application/xml") && map.text.contains("/c/xxgk"), "{}", map.text);
    let told = reader.get("/.well-known/security.txt").await.text;
    assert!(told.contains("Contact: ") && told.contains("Expires: 2027-05-23T"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn links_that_leave_are_told_and_nothing_else_is_passed_on() {
    let world = World::new().await;
    let mut reader = world.client();
    let page = reader.get("/leave?to=https%3A//example.org/").await;
    assert!(page.text.contains("即将离开本网站") && page.text.contains("href=\"https://example.org/\""));
    assert_eq!(reader.get("/leave?to=https%3A//www.gov.cn/").await.header("location"), "https://www.gov.cn/");
    for bad in ["javascript:alert(1)", "//example.org", ""] {
        assert_eq!(reader.get(&format!("/leave?to={bad}")).await.status, StatusCode::NOT_FOUND, "{bad}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_of_the_site_is_a_message_of_its_own_category() {
    let world = World::new().await;
    let mut reader = world.client();
    let to = reader.get("/correct?at=/c/zcwj").await.header("location").to_owned();
    assert!(to.starts_with("/message/what?category="), "{to}");
    let form = reader.get(&to).await.text;
    let chosen = form.split("<input").find(|tag| tag.contains("name=\"category\"") && tag.contains(" checked"));
    assert!(chosen.is_some_and(|tag| tag.contains("网站找错")), "{chosen:?}");
    assert!(form.contains("/c/zcwj"), "the page where the error stands is named");
}

/// Public pages are read while another program holds the store's only right to write.
#[tokio::test(flavor = "multi_thread")]
async fn public_pages_answer_while_nothing_can_be_written() {
    let world = World::new().await;
    let held = world.hold_writes();
    let mut reader = world.client();
    let more = ["/feed/all.json", "/feed/zcwj.atom", "/sitemap.xml", "/verify", "/help", "/c/zcwj.csv"];
    for path in PAGES.map(|(path, _)| path).into_iter().chain(more) {
        assert_eq!(reader.get(path).await.status, StatusCode::OK, "{path}");
    }
    drop(held);
}
