#include "winsock/address_list.h"

namespace connect_by_list {

AddressList::AddressList(const std::vector<Address>& addresses, int family) {
  addresses_.reserve(addresses.size());
  for (const Address& address : addresses) {
    addresses_.push_back(family == AF_INET6 ? address.mapped() : address);
  }
  const std::size_t bytes =
      offsetof(SOCKET_ADDRESS_LIST, Address) + addresses_.size() * sizeof(SOCKET_ADDRESS);
  list_.resize(bytes / sizeof(std::max_align_t) + 1);
  // lib/endpoints/endpoints.ts has refused lists that are too long for an INT long ago.
  get()->iAddressCount = static_cast<INT>(addresses_.size());
  SOCKET_ADDRESS* entry = get()->Address;
  for (const Address& address : addresses_) {
    // Winsock only reads what it calls LPSOCKADDR here.
    entry->lpSockaddr = const_cast<LPSOCKADDR>(address.data());
    entry->iSockaddrLength = address.length();
    ++entry;
  }
}

}  // namespace connect_by_list
