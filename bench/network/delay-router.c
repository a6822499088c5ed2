// A wire that takes its time: two TUN devices, one in the network namespace it is started in and
// one in the namespace of another process. What is sent towards this side arrives after the delay,
// what is sent from it at once; so an address behind the wire is that far away, and its SYN-ACK
// really comes late. For kernels that have no netem.
//
//   delay-router DEVICE NETNS-OF-THE-OTHER-SIDE DELAY-IN-MS

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { kLongestPacket = 2048, kMostWaiting = 4096 };

// The delay is the same for all, so what came first leaves first.
struct packet {
  int64_t due;
  ssize_t length;
  unsigned char bytes[kLongestPacket];
};

static struct packet waiting[kMostWaiting];
static size_t first, count;

static void die(const char* what) {
  perror(what);
  exit(1);
}

static int open_tun(const char* name) {
  const int device = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
  if (device < 0) die("/dev/net/tun");
  struct ifreq request;
  memset(&request, 0, sizeof(request));
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
  if (ioctl(device, TUNSETIFF, &request) != 0) die("TUNSETIFF");
  return device;
}

static int64_t now_in_micros(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

// A packet that does not fit is lost, as on any wire.
static void keep(int from, int64_t delay) {
  while (count < kMostWaiting) {
    struct packet* packet = &waiting[(first + count) % kMostWaiting];
    packet->length = read(from, packet->bytes, sizeof(packet->bytes));
    if (packet->length <= 0) return;
    packet->due = now_in_micros() + delay;
    ++count;
  }
}

static void release(int to) {
  for (; count > 0 && waiting[first].due <= now_in_micros();
       first = (first + 1) % kMostWaiting, --count) {
    if (write(to, waiting[first].bytes, (size_t)waiting[first].length) < 0 && errno != EAGAIN) {
      perror("write");
    }
  }
}

static void pass(int from, int to) {
  unsigned char bytes[kLongestPacket];
  ssize_t length;
  while ((length = read(from, bytes, sizeof(bytes))) > 0) {
    if (write(to, bytes, (size_t)length) < 0 && errno != EAGAIN) perror("write");
  }
}

int main(int argc, char** argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: delay-router DEVICE NETNS DELAY-IN-MS\n");
    return 2;
  }
  const int64_t delay = (int64_t)atoi(argv[3]) * 1000;
  const int here = open_tun(argv[1]);
  const int other = open(argv[2], O_RDONLY);
  if (other < 0 || setns(other, CLONE_NEWNET) != 0) die(argv[2]);
  const int there = open_tun(argv[1]);
  puts("ready");
  fflush(stdout);

  struct pollfd watched[] = {{here, POLLIN, 0}, {there, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
  for (;;) {
    struct timespec wait = {0, 0};
    if (count > 0) {
      const int64_t left = waiting[first].due - now_in_micros();
      if (left > 0) wait.tv_nsec = left % 1000000 * 1000, wait.tv_sec = left / 1000000;
    }
    if (ppoll(watched, 3, count > 0 ? &wait : NULL, NULL) < 0 && errno != EINTR) die("ppoll");
    // Whoever started this has gone.
    if (watched[2].revents != 0) return 0;
    pass(here, there);
    keep(there, delay);
    release(here);
  }
}
