"""Addresses of a person's own settings, beside allauth's."""

from django.urls import path

from honeyguide.accounts import views

urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("language/", views.set_language, name="set_language"),
    path("theme/", views.set_theme, name="set_theme"),
]
