#include "net/namespaces.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace genlock::net {

namespace {

constexpr const char* tun_device = "/dev/net/tun";
constexpr const char* tun_name = "line";

Error forbidden(const std::string& what) {
  return {ErrorCode::unsupported, what + ": " + std::strerror(errno), {}};
}

bool write_text(const char* path, const std::string& text) {
  const int file = ::open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool written = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::close(file);
  return written;
}

// Root inside is who we are outside.
bool map_user(uid_t user, gid_t group) {
  (void)write_text("/proc/self/setgroups", "deny");
  return write_text("/proc/self/uid_map", "0 " + std::to_string(user) + " 1") &&
         write_text("/proc/self/gid_map", "0 " + std::to_string(group) + " 1");
}

sockaddr address_of(const std::string& text) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  ::inet_pton(AF_INET, text.c_str(), &address.sin_addr);
  sockaddr plain;
  std::memcpy(&plain, &address, sizeof plain);
  return plain;
}

ifreq request_for(const std::string& name) {
  ifreq request{};
  name.copy(request.ifr_name, IFNAMSIZ - 1);
  return request;
}

// Asks the kernel for a change of a device, over a socket that is only good for that.
bool change(unsigned long what, ifreq& request) {
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return false;
  const bool done = ::ioctl(socket, what, &request) == 0;
  const int failure = errno;
  ::close(socket);
  errno = failure;
  return done;
}

bool raise(const std::string& name) {
  ifreq request = request_for(name);
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  return change(SIOCSIFFLAGS, request);
}

bool give_address(const std::string& name, const std::string& address) {
  ifreq request = request_for(name);
  request.ifr_addr = address_of(address);
  if (!change(SIOCSIFADDR, request)) return false;
  request.ifr_netmask = address_of("255.255.255.0");
  return change(SIOCSIFNETMASK, request) && raise(name);
}

}  // namespace

Result<void> enter_namespaces() {
  const uid_t user = ::geteuid();
  const gid_t group = ::getegid();
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0) {
    if (!map_user(user, group)) return forbidden("a user namespace cannot be set up");
  } else if (user != 0 || ::unshare(CLONE_NEWNET) != 0) {
    return forbidden("this machine gives no network namespace");
  }
  TRY(raise_loopback());
  TRY_ASSIGN(const int tried, open_tun("10.77.255.1"));
  ::close(tried);
  return {};
}

Result<int> open_tun(const std::string& address) {
  const int tun = ::open(tun_device, O_RDWR | O_CLOEXEC | O_NONBLOCK);
  if (tun < 0) return forbidden(std::string(tun_device) + " cannot be opened");
  ifreq request = request_for(tun_name);
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  if (::ioctl(tun, TUNSETIFF, &request) == 0 && give_address(tun_name, address)) return tun;
  Error error = forbidden("a TUN device cannot be made");
  ::close(tun);
  return error;
}

Result<void> raise_loopback() {
  if (raise("lo")) return {};
  return forbidden("a loopback device cannot be raised");
}

}  // namespace genlock::net
