// Clients of HTTP and nginx: agents for http and https, and fetch over TLS, undici's and Node's.

import { describeClients } from '../support/client-promises';
import { fetchClient, httpClient, httpsClient, undiciClient } from '../support/clients';
import { startRealServer, type ServerRecipe } from './real-server';

function nginx(secure: boolean): ServerRecipe {
  return {
    package: 'nginx-light',
    files: ({ port, certificate, key }) => ({
      'nginx.conf': `
        daemon off;
        master_process off;
        pid nginx.pid;
        error_log stderr info;
        events {}
        http {
          access_log off;
          client_body_temp_path body;
          proxy_temp_path proxy;
          fastcgi_temp_path fastcgi;
          uwsgi_temp_path uwsgi;
          scgi_temp_path scgi;
          ssl_certificate ${certificate};
          ssl_certificate_key ${key};
          server {
            listen 127.0.0.1:${port}${secure ? ' ssl' : ''};
            location / { return 200 "$server_port"; }
          }
        }
      `,
    }),
    command: ({ folder }) => ['nginx', '-e', 'stderr', '-p', folder, '-c', 'nginx.conf'],
    // The last that it says before it waits for requests; it listens already.
    ready: /getrlimit/,
    stopSignal: 'SIGTERM',
  };
}

const startPlain = () => startRealServer(nginx(false));
const startSecure = () => startRealServer(nginx(true));

describeClients(
  [
    { name: 'http', makeClient: httpClient, startServer: startPlain },
    { name: 'https', makeClient: httpsClient, startServer: startSecure },
    { name: "undici's fetch", makeClient: undiciClient, startServer: startSecure },
    { name: "Node's fetch", makeClient: fetchClient, startServer: startSecure },
  ],
  {},
  true,
);
