/** How a person calls the service: `body` is a call as JSON. */
export const curlWithToken = (path: string, body: unknown): string =>
  `curl -s http://127.0.0.1:8080${path} \\
  -H "Authorization: Bearer $SWARMSPAWNER_ADMIN_TOKEN" \\
  -d '${JSON.stringify(body, null, 2)}'`

/** How a program signs a call, with Python's standard library only. */
export const SIGN_IN_PYTHON = `import base64, hashlib, hmac, json, os, time, urllib.request, uuid

secret = base64.b64decode(os.environ['SWARMSPAWNER_SECRET'].removeprefix('whsec_'))

def call(verb, data):
    body = json.dumps({'type': f'spawner.{verb}', 'data': data})
    call_id, now = f'msg_{uuid.uuid4().hex}', int(time.time())
    mac = hmac.new(secret, f'{call_id}.{now}.{body}'.encode(), hashlib.sha256)
    headers = {
        'webhook-id': call_id,
        'webhook-timestamp': str(now),
        'webhook-signature': 'v1,' + base64.b64encode(mac.digest()).decode(),
    }
    url = f'http://127.0.0.1:8080/{verb}'
    with urllib.request.urlopen(urllib.request.Request(url, body.encode(), headers)) as answer:
        return json.load(answer)

print(call('poll', {'server': {'username': 'alice'}}))`
