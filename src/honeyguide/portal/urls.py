"""Addresses of the partner's site."""

from django.urls import path

from honeyguide.portal import views

app_name = "portal"
urlpatterns = [path("", views.home, name="home")]
