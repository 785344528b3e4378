/*
 * A line between two network namespaces, in user space: rate, delay, a bounded queue, and loss.
 *
 *   line RATE_BITS_PER_SECOND DELAY_MICROSECONDS QUEUE_BYTES LOSS_PER_MILLION SEED
 *
 * Makes two namespaces that nobody else has, each with an eth0 (10.0.0.1 and 10.0.0.2) that is a TUN device of this program, and prints
 * "ready FD FD": /proc/PID/fd/FD names each namespace for nsenter. Packets then go through as they would over a line like this; delay is
 * one way. For each line on standard input it prints what went through and what was dropped. It ends with standard input, and what it
 * made is gone as soon as nobody runs in it any more.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <net/route.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define MTU 1500
/* At 1 Gbit/s and 100 ms this many packets are under way. */
#define SLOTS 16384

struct packet {
  uint64_t sent_ns; /* it has left the queue */
  uint64_t due_ns;  /* it comes out at the other end */
  int length;
  unsigned char bytes[MTU];
};

/* One direction: packets in order, those that wait for the line last. */
struct direction {
  int in, out;
  uint64_t busy_until_ns;
  unsigned first, count;
  uint64_t passed, passed_bytes, queue_drops, lost;
  struct packet *packets;
};

static uint64_t rate, delay_ns, queue_bytes, loss_ppm, seed;

static void die(const char *what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  exit(1);
}

static uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* xorshift64*, so that a seed names a run. */
static uint64_t random_below(uint64_t bound) {
  seed ^= seed >> 12;
  seed ^= seed << 25;
  seed ^= seed >> 27;
  return ((seed * 2685821657736338717u) >> 33) % bound;
}

static void set_address(struct sockaddr *address, const char *text) {
  struct sockaddr_in *in = (struct sockaddr_in *)address;
  memset(in, 0, sizeof *in);
  in->sin_family = AF_INET;
  inet_pton(AF_INET, text, &in->sin_addr);
}

static void bring_up(int control, const char *name) {
  struct ifreq request = {0};
  strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  if (ioctl(control, SIOCGIFFLAGS, &request) < 0) die("SIOCGIFFLAGS");
  request.ifr_flags |= IFF_UP | IFF_RUNNING;
  if (ioctl(control, SIOCSIFFLAGS, &request) < 0) die("SIOCSIFFLAGS");
}

/* Moves this process into a new namespace with lo and eth0. Returns the end of eth0; *ns names the namespace. */
static int make_host(const char *address, int *ns) {
  if (unshare(CLONE_NEWNET) < 0) die("unshare");
  *ns = open("/proc/self/ns/net", O_RDONLY);
  if (*ns < 0) die("/proc/self/ns/net");
  int tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
  if (tun < 0) die("/dev/net/tun");
  struct ifreq request = {0};
  strcpy(request.ifr_name, "eth0");
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  if (ioctl(tun, TUNSETIFF, &request) < 0) die("TUNSETIFF");
  int control = socket(AF_INET, SOCK_DGRAM, 0);
  if (control < 0) die("socket");
  set_address(&request.ifr_addr, address);
  if (ioctl(control, SIOCSIFADDR, &request) < 0) die("SIOCSIFADDR");
  set_address(&request.ifr_netmask, "255.255.255.0");
  if (ioctl(control, SIOCSIFNETMASK, &request) < 0) die("SIOCSIFNETMASK");
  bring_up(control, "lo");
  bring_up(control, "eth0");
  /* Browsers look for the way to the world to find their own address. */
  struct rtentry route = {0};
  set_address(&route.rt_dst, "0.0.0.0");
  set_address(&route.rt_genmask, "0.0.0.0");
  char device[] = "eth0";
  route.rt_dev = device;
  route.rt_flags = RTF_UP;
  if (ioctl(control, SIOCADDRT, &route) < 0) die("SIOCADDRT");
  close(control);
  return tun;
}

/* Bytes that have not left the queue: those at the end, which the line has not taken yet. */
static uint64_t queued_bytes(const struct direction *way, uint64_t now) {
  uint64_t bytes = 0;
  for (unsigned back = way->count; back > 0; back--) {
    const struct packet *packet = &way->packets[(way->first + back - 1) % SLOTS];
    if (packet->sent_ns <= now) break;
    bytes += (uint64_t)packet->length;
  }
  return bytes;
}

static void take_in(struct direction *way) {
  for (;;) {
    unsigned char bytes[MTU + 1];
    ssize_t length = read(way->in, bytes, sizeof bytes);
    if (length < 0) return;
    if (length == 0 || length > MTU) continue;
    uint64_t now = now_ns();
    if (way->count == SLOTS || queued_bytes(way, now) + (uint64_t)length > queue_bytes) {
      way->queue_drops++;
      continue;
    }
    uint64_t begin = way->busy_until_ns > now ? way->busy_until_ns : now;
    way->busy_until_ns = begin + (uint64_t)length * 8u * 1000000000u / rate;
    /* What is lost has used the line all the same. */
    if (random_below(1000000) < loss_ppm) {
      way->lost++;
      continue;
    }
    struct packet *packet = &way->packets[(way->first + way->count++) % SLOTS];
    packet->sent_ns = way->busy_until_ns;
    packet->due_ns = way->busy_until_ns + delay_ns;
    packet->length = (int)length;
    memcpy(packet->bytes, bytes, (size_t)length);
  }
}

/* Hands over what is due. Returns when the next one is, 0 for never. */
static uint64_t hand_over(struct direction *way) {
  while (way->count > 0) {
    struct packet *packet = &way->packets[way->first];
    if (packet->due_ns > now_ns()) return packet->due_ns;
    if (write(way->out, packet->bytes, (size_t)packet->length) == packet->length) {
      way->passed++;
      way->passed_bytes += (uint64_t)packet->length;
    }
    way->first = (way->first + 1) % SLOTS;
    way->count--;
  }
  return 0;
}

static uint64_t number(const char *text) {
  char *end;
  errno = 0;
  uint64_t value = strtoull(text, &end, 10);
  if (errno != 0 || *text == '\0' || *end != '\0') {
    fprintf(stderr, "not a number: %s\n", text);
    exit(1);
  }
  return value;
}

/* Returns 0 at the end of standard input. */
static int answer(const struct direction *ways) {
  char asked[64];
  ssize_t length = read(0, asked, sizeof asked);
  if (length <= 0) return 0;
  printf("[");
  for (int i = 0; i < 2; i++) {
    printf("%s{\"packets\":%llu,\"bytes\":%llu,\"overflowed\":%llu,\"lost\":%llu}", i ? "," : "",
           (unsigned long long)ways[i].passed, (unsigned long long)ways[i].passed_bytes,
           (unsigned long long)ways[i].queue_drops, (unsigned long long)ways[i].lost);
  }
  printf("]\n");
  fflush(stdout);
  return 1;
}

int main(int count, char **arguments) {
  if (count != 6) {
    fprintf(stderr, "line RATE_BITS_PER_SECOND DELAY_MICROSECONDS QUEUE_BYTES LOSS_PER_MILLION SEED\n");
    return 1;
  }
  rate = number(arguments[1]);
  delay_ns = number(arguments[2]) * 1000u;
  queue_bytes = number(arguments[3]);
  loss_ppm = number(arguments[4]);
  seed = number(arguments[5]) * 2 + 1;
  if (rate == 0) {
    fprintf(stderr, "a line needs a rate\n");
    return 1;
  }

  /* A line is never busy with something else. Where that isn't permitted it may come late. */
  struct sched_param first = {.sched_priority = 1};
  (void)!sched_setscheduler(0, SCHED_RR, &first);

  int ns[2];
  struct direction ways[2] = {0};
  ways[0].in = ways[1].out = make_host("10.0.0.1", &ns[0]);
  ways[1].in = ways[0].out = make_host("10.0.0.2", &ns[1]);
  for (int i = 0; i < 2; i++) {
    ways[i].packets = malloc(SLOTS * sizeof *ways[i].packets);
    if (!ways[i].packets) die("malloc");
  }
  printf("ready %d %d\n", ns[0], ns[1]);
  fflush(stdout);

  for (;;) {
    uint64_t next = 0;
    for (int i = 0; i < 2; i++) {
      uint64_t due = hand_over(&ways[i]);
      if (due != 0 && (next == 0 || due < next)) next = due;
    }
    uint64_t now = now_ns();
    uint64_t wait_ns = next > now ? next - now : 0;
    struct timespec wait = {(time_t)(wait_ns / 1000000000u), (long)(wait_ns % 1000000000u)};
    struct pollfd watched[] = {{ways[0].in, POLLIN, 0}, {ways[1].in, POLLIN, 0}, {0, POLLIN, 0}};
    if (ppoll(watched, 3, next == 0 ? NULL : &wait, NULL) < 0 && errno != EINTR) die("poll");
    for (int i = 0; i < 2; i++) {
      if (watched[i].revents & POLLIN) take_in(&ways[i]);
    }
    if (watched[2].revents && !answer(ways)) return 0;
  }
}
