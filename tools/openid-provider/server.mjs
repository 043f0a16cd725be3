// The OpenID provider that the tests of sign-in with Google talk to: `node server.mjs PORT REDIRECT_URI`.
// It demands PKCE (S256), repeats state and nonce, and signs in whoever `GET /person?id=…&email=…&verified=…` names.
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const [port, redirectUri] = process.argv.slice(2);
let person = { id: 'person-1', email: 'rider@example.org', verified: true };

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{
    client_id: 'pedalcast', client_secret: 'secret-of-the-tests', redirect_uris: [redirectUri],
    grant_types: ['authorization_code'], response_types: ['code'],
  }],
  pkce: { required: () => true, methods: ['S256'] },
  conformIdTokenClaims: false,
  claims: { openid: ['sub'], email: ['email', 'email_verified'] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  cookies: { keys: ['keys of the tests'] },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email: person.email, email_verified: person.verified }),
  }),
});

async function interact(request, response) {
  const { params, grantId } = await provider.interactionDetails(request, response);
  const grant = grantId
    ? await provider.Grant.find(grantId)
    : new provider.Grant({ accountId: person.id, clientId: params.client_id });
  grant.addOIDCScope('openid email');
  const result = { login: { accountId: person.id }, consent: { grantId: await grant.save() } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
}

createServer((request, response) => {
  const url = new URL(request.url, `http://127.0.0.1:${port}`);
  if (url.pathname === '/person') {
    const { id, email, verified } = Object.fromEntries(url.searchParams);
    person = { id, email, verified: verified === 'true' };
    response.end('ok');
  } else if (url.pathname.startsWith('/interaction/')) {
    interact(request, response).catch((error) => { response.statusCode = 500; response.end(String(error)); });
  } else {
    provider.callback()(request, response);
  }
}).listen(Number(port), '127.0.0.1', () => console.log('ready'));
