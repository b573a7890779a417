"""Addresses of the API."""

from django.urls import path

from honeyguide.api.v1 import api, problem_type

app_name = "api"
_ninja_urls, _app_name, _namespace = api.urls
urlpatterns = [path("problems/<slug:code>", problem_type, name="problem_type"), *_ninja_urls]
