// A SOCKET_ADDRESS_LIST of Winsock, with the addresses that it points to.

#ifndef CONNECT_BY_LIST_WINSOCK_ADDRESS_LIST_H_
#define CONNECT_BY_LIST_WINSOCK_ADDRESS_LIST_H_

#include <cstddef>
#include <vector>

#include "core/address.h"
#include "core/system_sockets.h"

namespace connect_by_list {

class AddressList {
 public:
  // For a socket of this family. With AF_INET6 each IPv4 address becomes an IPv4-mapped one (C04).
  AddressList(const std::vector<Address>& addresses, int family);
  AddressList(const AddressList&) = delete;
  AddressList& operator=(const AddressList&) = delete;

  PSOCKET_ADDRESS_LIST get() { return reinterpret_cast<PSOCKET_ADDRESS_LIST>(list_.data()); }

 private:
  std::vector<Address> addresses_;
  // The structure has room for one entry; the others follow it in the same memory.
  std::vector<std::max_align_t> list_;
};

}  // namespace connect_by_list

#endif  // CONNECT_BY_LIST_WINSOCK_ADDRESS_LIST_H_
