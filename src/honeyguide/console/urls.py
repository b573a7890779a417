"""Addresses of the operator's site."""

from django.urls import path

from honeyguide.console import views

app_name = "console"
urlpatterns = [path("", views.home, name="home")]
