"""Makes the database and a thousand invented articles in it."""

import datetime
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from wagtail.models import Page, Site  # noqa: E402

call_command("makemigrations", "articles", verbosity=0)
call_command("migrate", verbosity=0)

from articles.models import Article, News  # noqa: E402

root = Page.get_first_root_node()
for page in root.get_children():
    page.delete()
root = Page.get_first_root_node()
news = root.add_child(instance=News(title="要闻", slug="news"))
Site.objects.all().delete()
Site.objects.create(hostname="127.0.0.1", port=8000, root_page=news, is_default_site=True)
text = "<p>为规范管理，保障群众合法权益，根据有关法律法规，结合本区实际，制定本办法。</p>" * 8
for number in range(1000):
    day = datetime.date(2026, 1, 1) + datetime.timedelta(days=number % 300)
    article = Article(title=f"关于晴湾路{number}号老年助餐的通知", slug=f"a{number}", published_on=day, source="虚构单位", body=text)
    news.add_child(instance=article)
print(Article.objects.live().count())
