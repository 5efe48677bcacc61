from django.core.paginator import Paginator
from django.db import models
from wagtail.fields import RichTextField
from wagtail.models import Page


class News(Page):
    """A list of articles, twenty to a page, the newest first."""

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        found = Article.objects.child_of(self).live().order_by("-published_on")
        context["page_of_articles"] = Paginator(found, 20).get_page(request.GET.get("page"))
        return context


class Article(Page):
    published_on = models.DateField()
    source = models.CharField(max_length=100)
    body = RichTextField()
