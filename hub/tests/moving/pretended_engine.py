"""An Engine that starts nothing. It answers docker-py's HTTP requests, and keeps each service and container created."""

import io
import json
import re
from urllib.parse import parse_qs, unquote, urlsplit

import requests

# What an image of Jupyter's docker-stacks runs by itself.
IMAGE_COMMAND = ['start-notebook.py']
RUNNING = {'ID': 'task1', 'DesiredState': 'running', 'Status': {'State': 'running'}}


class PretendedEngine:
    def __init__(self):
        self.created = []

    def answer(self, method, path, body, query=''):
        """Returns the status and the JSON for a request."""
        if path == '/version':
            return 200, {'ApiVersion': '1.44', 'Version': '25.0'}
        if path == '/configs':
            return 200, []
        if path == '/tasks':
            return 200, [RUNNING]
        if re.fullmatch('/images/.+/json', path):
            return 200, {'Id': 'sha256:1', 'Config': {'Cmd': IMAGE_COMMAND, 'Entrypoint': ['tini', '--']}}
        if method == 'POST' and path == '/services/create':
            self.created.append({'kind': 'service', 'body': body})
            return 201, {'ID': 'service1'}
        if method == 'POST' and path.startswith('/containers/create'):
            # The name of a container stands in the query.
            self.created.append({'kind': 'container', 'body': {**body, 'Name': parse_qs(query)['name'][0]}})
            return 201, {'Id': 'container1'}
        if path.startswith('/services/') and self.created:
            return 200, {'ID': 'service1', 'Spec': self.created[-1]['body'], 'Endpoint': self._endpoint()}
        if path == '/containers/container1/exec':
            return 201, {'Id': 'exec1'}
        if path in ('/images/create', '/exec/exec1/start', '/containers/container1/start'):
            return 200, None
        if re.fullmatch('/containers/[^/]+/json', path) and self.created:
            return 200, self._container()
        return 404, {'message': f'the pretended Engine has no {path}'}

    def _container(self):
        body = self.created[-1]['body']
        network = body['HostConfig']['NetworkMode']
        ports = {name: [{'HostIp': '127.0.0.1', 'HostPort': '32768'}] for name in body.get('ExposedPorts', {})}
        addresses = {'Networks': {network: {'IPAddress': '172.18.0.2'}}, 'IPAddress': '172.17.0.2', 'Ports': ports}
        return {'Id': 'container1', 'State': {'Running': True}, 'Config': body, 'NetworkSettings': addresses}

    def _endpoint(self):
        ports = self.created[-1]['body'].get('EndpointSpec', {}).get('Ports', [])
        return {'Ports': [{**port, 'PublishedPort': 30000} for port in ports]}

    def send(self, session, request, **more):
        """Takes the place of requests.Session.send in docker-py's client."""
        url = urlsplit(request.url)
        path = re.sub(r'^/v[0-9.]+', '', unquote(url.path))
        status, value = self.answer(request.method, path, json.loads(request.body) if request.body else None, url.query)
        response = requests.Response()
        response.status_code, response.url, response.request = status, request.url, request
        response.headers['Content-Type'] = 'application/json'
        response.raw = io.BytesIO(b'' if value is None else json.dumps(value).encode())
        return response
