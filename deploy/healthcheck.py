"""Whether the server of this container is ready: asked as the proxy would ask, by the name of the site."""

import os
import urllib.request
from urllib.parse import urlsplit

site = urlsplit(os.environ["HONEYGUIDE_PUBLIC_URL"]).netloc
urllib.request.urlopen(urllib.request.Request("http://127.0.0.1:8000/health/ready", headers={"Host": site}), timeout=4)
