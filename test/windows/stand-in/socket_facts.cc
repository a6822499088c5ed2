#include "socket_facts.h"

#include <cstring>

namespace stand_in {
namespace {

// The sizes of sockaddr_in6 and sockaddr_in: what an entry and a buffer of a socket's family have.
int AddressSize(int family) {
  return static_cast<int>(family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in));
}

std::string Number(std::size_t number) { return std::to_string(number); }

// Whether the socket was made for overlapped use is known to the file behind it only: one that was
// not is in one of the two synchronous modes. NtQueryInformationFile(FileModeInformation) is
// documented for drivers; where it says nothing, so does the record.
std::optional<bool> IsOverlapped(SOCKET socket) {
  struct IoStatus {
    ULONG_PTR status;
    ULONG_PTR information;
  };
  using Query = LONG(WINAPI*)(HANDLE, IoStatus*, void*, ULONG, int);
  constexpr int kFileModeInformation = 16;
  constexpr ULONG kSynchronousModes = 0x10 | 0x20;
  const HMODULE ntdll = GetModuleHandleW(L"ntdll.dll");
  if (ntdll == nullptr) return std::nullopt;
  const FARPROC found = GetProcAddress(ntdll, "NtQueryInformationFile");
  Query query = nullptr;
  static_assert(sizeof(query) == sizeof(found), "Pointers to functions have one size.");
  std::memcpy(&query, &found, sizeof(query));
  if (query == nullptr) return std::nullopt;
  IoStatus status = {};
  ULONG mode = 0;
  if (query(reinterpret_cast<HANDLE>(socket), &status, &mode, sizeof(mode), kFileModeInformation) <
      0) {
    return std::nullopt;
  }
  return (mode & kSynchronousModes) == 0;
}

void ExamineSocket(SOCKET socket, Examined& examined) {
  WSAPROTOCOL_INFOW info = {};
  int size = sizeof(info);
  if (getsockopt(socket, SOL_SOCKET, SO_PROTOCOL_INFOW, reinterpret_cast<char*>(&info), &size) !=
      0) {
    return;
  }
  examined.is_socket = true;
  CallFacts& facts = examined.facts;
  facts.family = info.iAddressFamily;
  facts.type = info.iSocketType;
  if (facts.family == AF_INET6) {
    DWORD v6only = 0;
    size = sizeof(v6only);
    if (getsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, reinterpret_cast<char*>(&v6only), &size) ==
        0) {
      facts.v6only = v6only != 0;
    }
  }
  facts.overlapped = IsOverlapped(socket);
  DWORD flags = 0;
  if (GetHandleInformation(reinterpret_cast<HANDLE>(socket), &flags)) {
    facts.inheritable = (flags & HANDLE_FLAG_INHERIT) != 0;
  }
  // An unbound socket has no name: getsockname fails with WSAEINVAL.
  sockaddr_storage name = {};
  size = sizeof(name);
  facts.bound = getsockname(socket, reinterpret_cast<sockaddr*>(&name), &size) == 0;
  size = sizeof(name);
  examined.connected = getpeername(socket, reinterpret_cast<sockaddr*>(&name), &size) == 0;
}

// C01, C02, C04: every entry is a whole address of the socket's family.
std::optional<Refusal> FindFaultInEntry(const SOCKET_ADDRESS& entry, std::size_t index,
                                        const CallFacts& facts) {
  const std::string which = "entry " + Number(index) + " ";
  if (entry.lpSockaddr == nullptr) return Refusal{WSAEFAULT, which + "has no address"};
  if (entry.iSockaddrLength != AddressSize(facts.family)) {
    return Refusal{WSAEINVAL, which + "has a length that is not that of the socket's addresses"};
  }
  if (entry.lpSockaddr->sa_family != facts.family) {
    return Refusal{WSAEINVAL, which + "is not of the socket's family"};
  }
  if (facts.v6only && facts.entries[index].mapped) {
    return Refusal{WSAEINVAL, which + "is IPv4-mapped, but IPV6_V6ONLY is on (C03)"};
  }
  return std::nullopt;
}

}  // namespace

Entry Describe(const SOCKET_ADDRESS& entry) {
  Entry described;
  described.length = entry.iSockaddrLength;
  const sockaddr* address = entry.lpSockaddr;
  if (address == nullptr || entry.iSockaddrLength < static_cast<int>(sizeof(address->sa_family))) {
    return described;
  }
  described.family = address->sa_family;
  char text[INET6_ADDRSTRLEN] = "";
  if (address->sa_family == AF_INET6 && entry.iSockaddrLength >= AddressSize(AF_INET6)) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(address);
    in6_addr bytes = v6->sin6_addr;
    if (inet_ntop(AF_INET6, &bytes, text, sizeof(text)) != nullptr) described.address = text;
    described.port = ntohs(v6->sin6_port);
    described.scope_id = v6->sin6_scope_id;
    described.mapped = IN6_IS_ADDR_V4MAPPED(&bytes) != 0;
  } else if (address->sa_family == AF_INET && entry.iSockaddrLength >= AddressSize(AF_INET)) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(address);
    in_addr bytes = v4->sin_addr;
    if (inet_ntop(AF_INET, &bytes, text, sizeof(text)) != nullptr) described.address = text;
    described.port = ntohs(v4->sin_port);
  }
  return described;
}

Examined Examine(const Arguments& arguments) {
  Examined examined;
  CallFacts& facts = examined.facts;
  facts.thread_id = GetCurrentThreadId();
  ExamineSocket(arguments.socket, examined);
  if (arguments.list != nullptr) {
    for (INT i = 0; i < arguments.list->iAddressCount; ++i) {
      facts.entries.push_back(Describe(arguments.list->Address[i]));
    }
  }
  if (arguments.timeout != nullptr) facts.timeout = *arguments.timeout;
  facts.reserved_is_null = arguments.reserved == nullptr;
  // C10: the length of a buffer that is not there is not looked at.
  if (arguments.local != nullptr) {
    facts.local_buffer = arguments.local_length != nullptr ? *arguments.local_length : 0;
  }
  if (arguments.remote != nullptr) {
    facts.remote_buffer = arguments.remote_length != nullptr ? *arguments.remote_length : 0;
  }
  return examined;
}

std::optional<Refusal> FindFault(const Arguments& arguments, const Examined& examined) {
  const CallFacts& facts = examined.facts;
  if (!examined.is_socket) return Refusal{WSAENOTSOCK, "not a socket (C18)"};
  if (facts.type != SOCK_STREAM) {
    return Refusal{WSAEOPNOTSUPP, "the socket is not connection-oriented (C06)"};
  }
  if (facts.family != AF_INET6 && facts.family != AF_INET) {
    return Refusal{WSAEAFNOSUPPORT, "the socket is neither IPv6 nor IPv4 (C03)"};
  }
  if (arguments.reserved != nullptr) return Refusal{WSAEINVAL, "Reserved is not null (C16)"};
  if (arguments.list == nullptr) return Refusal{WSAEINVAL, "there is no list (C16)"};
  if (arguments.list->iAddressCount <= 0) return Refusal{WSAEINVAL, "the list is empty (C16)"};
  if (examined.connected) return Refusal{WSAEINVAL, "the socket is connected (C05)"};
  if (facts.bound) return Refusal{WSAEINVAL, "the socket is bound (C05)"};
  for (std::size_t i = 0; i < facts.entries.size(); ++i) {
    auto fault = FindFaultInEntry(arguments.list->Address[i], i, facts);
    if (fault) return fault;
  }
  // C09, C10: the contract has no use for a buffer that cannot hold what is returned in it.
  const auto size = static_cast<std::uint32_t>(AddressSize(facts.family));
  if (facts.local_buffer && *facts.local_buffer < size) {
    return Refusal{WSAEFAULT, "the buffer for the local address is too short (C09)"};
  }
  if (facts.remote_buffer && *facts.remote_buffer < size) {
    return Refusal{WSAEFAULT, "the buffer for the remote address is too short (C09)"};
  }
  if (facts.timeout && (facts.timeout->tv_sec < 0 || facts.timeout->tv_usec < 0 ||
                        facts.timeout->tv_usec >= 1000000)) {
    return Refusal{WSAEINVAL, "the timeout is not a number of seconds and microseconds (C12)"};
  }
  return std::nullopt;
}

int FaultOfAddress(const sockaddr* address) {
  // "connect function (winsock2.h)": WSAEADDRNOTAVAIL, "the remote address is not a valid address
  // (such as INADDR_ANY)", and the same for port 0. The Linux under Wine would take the one for
  // loopback and refuse the other.
  bool any = false;
  bool portless = false;
  if (address->sa_family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(address);
    in6_addr bytes = v6->sin6_addr;
    any =
        IN6_IS_ADDR_UNSPECIFIED(&bytes) != 0 ||
        (IN6_IS_ADDR_V4MAPPED(&bytes) != 0 && std::memcmp(bytes.s6_addr + 12, "\0\0\0\0", 4) == 0);
    portless = v6->sin6_port == 0;
  } else {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(address);
    any = v4->sin_addr.s_addr == htonl(INADDR_ANY);
    portless = v4->sin_port == 0;
  }
  return any || portless ? WSAEADDRNOTAVAIL : 0;
}

}  // namespace stand_in
