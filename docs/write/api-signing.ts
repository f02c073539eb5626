/** The command for a call by hand. `body` is the call as JSON. */
export const curlWithToken = (path: string, body: unknown): string =>
  `curl -s http://127.0.0.1:8080${path} \\
  -H "Authorization: Bearer $SWARMSPAWNER_ADMIN_TOKEN" \\
  -d '${JSON.stringify(body, null, 2)}'`

/** How a program signs a call and checks the answer, with Python's standard library only. */
export const SIGN_IN_PYTHON = `import base64, hashlib, hmac, json, os, time, urllib.request, uuid

secret = base64.b64decode(os.environ['SWARMSPAWNER_SECRET'].removeprefix('whsec_'))

def sign(call_id, time, body):
    mac = hmac.new(secret, f'{call_id}.{time}.'.encode() + body, hashlib.sha256)
    return 'v1,' + base64.b64encode(mac.digest()).decode()

def call(verb, data):
    body = json.dumps({'type': f'spawner.{verb}', 'data': data}).encode()
    call_id, now = f'msg_{uuid.uuid4().hex}', str(int(time.time()))
    headers = {'webhook-id': call_id, 'webhook-timestamp': now, 'webhook-signature': sign(call_id, now, body)}
    with urllib.request.urlopen(urllib.request.Request(f'http://127.0.0.1:8080/{verb}', body, headers)) as answer:
        text = answer.read(10_000_000)
    expected = sign(call_id, answer.headers.get('webhook-timestamp', ''), text)
    if not hmac.compare_digest(expected, answer.headers.get('webhook-signature', '')):
        raise ValueError('this is not an answer of the service')
    return json.loads(text)

print(call('poll', {'server': {'username': 'alice'}}))`
