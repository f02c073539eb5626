"""A person with a browser's cookies, but without its scripts."""

from http.cookies import SimpleCookie
from urllib.parse import urlencode

from tornado.httpclient import AsyncHTTPClient


class Visitor:
    """Visits the pages of a hub as one user."""

    def __init__(self, origin):
        self._origin = origin
        self._cookies = {}

    async def log_in(self, username):
        await self.get('/hub/login')
        await self.post('/hub/login', username=username, password='x')
        # Hubs from 4.1 on have another `_xsrf` for whoever is logged in.
        await self.get('/hub/home')
        return self

    async def get(self, path):
        """Returns the answer to a GET, after all redirects."""
        answer = await self._fetch(path)
        for _ in range(10):
            if not 300 <= answer.code < 400:
                return answer
            answer = await self._fetch(answer.headers['Location'])
        raise AssertionError(f'{path}: too many redirects')

    async def post(self, path, **fields):
        """Sends a form. Returns the answer, which may be a redirect."""
        return await self.post_pairs(path, [*fields.items()])

    async def post_pairs(self, path, pairs):
        """Sends a form in which a field may stand twice."""
        # Hubs from 4.1 on compare this with their cookie.
        query = urlencode({'_xsrf': self._cookies.get('_xsrf', '')})
        return await self._fetch(f'{path}?{query}', method='POST', body=urlencode(pairs))

    async def _fetch(self, path, **more):
        cookies = '; '.join(f'{name}={value}' for name, value in self._cookies.items())
        url = path if path.startswith('http') else self._origin + path
        # JupyterHub 3.0 answers 500 without `Accept`.
        headers = {'Accept': 'text/html', 'Cookie': cookies, 'Sec-Fetch-Mode': 'navigate', 'Referer': url}
        client = AsyncHTTPClient()
        answer = await client.fetch(url, headers=headers, follow_redirects=False, raise_error=False, **more)
        for line in answer.headers.get_list('Set-Cookie'):
            for name, morsel in SimpleCookie(line).items():
                self._cookies[name] = morsel.value
        return answer
