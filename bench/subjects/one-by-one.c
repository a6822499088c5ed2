// The semantics of WSAConnectByList (C08): the endpoints one by one, the next when the last has
// failed, and the timeout looked at between two attempts (C12). Blocking connects, one call at a
// time, with the protocol of README.md beside this file.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct endpoint {
  struct sockaddr_in6 address;
  char text[128];
};

struct row {
  double ms;
  int error;  // 0: connected.
  int errors;
  const char* address;
};

static void fail(const char* what) {
  perror(what);
  exit(1);
}

static double now_in_ms(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static struct endpoint parse(const char* text, int port) {
  struct endpoint endpoint;
  memset(&endpoint, 0, sizeof(endpoint));
  snprintf(endpoint.text, sizeof(endpoint.text), "%s", text);
  // C04: IPv4 as IPv4-mapped IPv6.
  char mapped[sizeof(endpoint.text) + 8];
  snprintf(mapped, sizeof(mapped), "%s%s", strchr(text, ':') ? "" : "::ffff:", text);
  endpoint.address.sin6_family = AF_INET6;
  endpoint.address.sin6_port = htons((uint16_t)port);
  if (inet_pton(AF_INET6, mapped, &endpoint.address.sin6_addr) != 1) fail(text);
  return endpoint;
}

static int connect_one(const struct endpoint* endpoint) {
  const int off = 0;
  const struct linger reset = {1, 0};
  const int made = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (made < 0) fail("socket");
  setsockopt(made, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));  // C03
  if (connect(made, (const struct sockaddr*)&endpoint->address, sizeof(endpoint->address)) == 0) {
    setsockopt(made, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
    return made;
  }
  const int error = errno;
  close(made);
  errno = error;
  return -1;
}

static struct row call(const struct endpoint* list, size_t count, int timeout) {
  const double start = now_in_ms();
  struct row row = {0, ETIMEDOUT, 1, NULL};
  for (size_t i = 0; i < count; ++i) {
    if (timeout > 0 && now_in_ms() - start >= timeout) {
      row.error = ETIMEDOUT;
      break;
    }
    const int connected = connect_one(&list[i]);
    row.error = connected < 0 ? errno : 0;
    if (connected < 0) continue;
    row.ms = now_in_ms() - start;
    row.errors = 0;
    row.address = list[i].text;
    close(connected);
    return row;
  }
  row.ms = now_in_ms() - start;
  return row;
}

static double cpu_in_ms(const struct rusage* usage) {
  return (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * 1e3 +
         (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1e3;
}

int main(void) {
  char line[256];
  char host[128];
  int calls, at_once, timeout, port;
  if (!fgets(line, sizeof(line), stdin) ||
      sscanf(line, "%d %d %d", &calls, &at_once, &timeout) != 3) {
    fail("plan");
  }
  struct endpoint* list = NULL;
  size_t count = 0;
  while (fgets(line, sizeof(line), stdin) && sscanf(line, "%127s %d", host, &port) == 2) {
    list = realloc(list, (count + 1) * sizeof(*list));
    if (!list) fail("memory");
    list[count++] = parse(host, port);
  }
  struct row* rows = calloc((size_t)calls, sizeof(*rows));
  if (!rows) fail("memory");
  puts("ready");
  fflush(stdout);
  if (!fgets(line, sizeof(line), stdin)) fail("go");

  struct rusage before, after;
  getrusage(RUSAGE_SELF, &before);
  for (int i = 0; i < calls; ++i) rows[i] = call(list, count, timeout);
  getrusage(RUSAGE_SELF, &after);
  for (int i = 0; i < calls; ++i) {
    printf("{\"ms\":%.3f,\"outcome\":\"%s\",\"errors\":%d", rows[i].ms,
           rows[i].error ? strerrorname_np(rows[i].error) : "connected", rows[i].errors);
    if (rows[i].address) printf(",\"address\":\"%s\"", rows[i].address);
    puts("}");
  }
  printf("{\"cpuMs\":%.3f,\"rssBytes\":%ld}\n", cpu_in_ms(&after) - cpu_in_ms(&before),
         (after.ru_maxrss - before.ru_maxrss) * 1024);
  return 0;
}
