# pragma version 0.4.3
# pragma evm-version cancun
"""
@title A small ERC-721 token for development and tests of a bridge, the same on both chains
@notice The bridge mints it, and whom the deployer names; its holder burns it, and one call sends it over the bridge.
        The deployer gets the ids from 1 to the first supply. It is worth nothing.
@dev What a bridge calls: mintWithTokenURI, burn, transferFrom, tokenURI (BridgeTransferERC721.sol of the node's module).
"""

interface Bridge:
    def onERC721Received(sender: address, id: uint256, to: address, extra: Bytes[1024]): nonpayable

event Transfer:
    sender: indexed(address)
    receiver: indexed(address)
    tokenId: indexed(uint256)

event Approval:
    owner: indexed(address)
    approved: indexed(address)
    tokenId: indexed(uint256)

event ApprovalForAll:
    owner: indexed(address)
    operator: indexed(address)
    approved: bool

MOST: constant(uint256) = 64
kind: public(constant(String[6])) = "erc721"
bridge: public(immutable(address))
owner: public(immutable(address))
minters: HashMap[address, bool]
name: public(String[32])
symbol: public(String[32])
balanceOf: public(HashMap[address, uint256])
getApproved: public(HashMap[uint256, address])
isApprovedForAll: public(HashMap[address, HashMap[address, bool]])
holder: HashMap[uint256, address]
uri: HashMap[uint256, String[512]]


@deploy
def __init__(name: String[32], minter: address, supply: uint256):
    self.name = name
    self.symbol = name
    bridge = minter
    owner = msg.sender
    for id: uint256 in range(1, supply + 1, bound=MOST):
        self._mint(msg.sender, id, concat("urn:development:", uint2str(id)))


@external
@pure
def supportsInterface(interface_id: bytes4) -> bool:
    return interface_id in [0x01ffc9a7, 0x80ac58cd, 0x5b5e139f]  # ERC-165, ERC-721, its metadata


@external
@view
def ownerOf(id: uint256) -> address:
    return self._holder(id)


@external
@view
def tokenURI(id: uint256) -> String[512]:
    self._holder(id)
    return self.uri[id]


@external
@view
def isMinter(account: address) -> bool:
    return self._may_mint(account)


@external
def addMinter(account: address):
    assert msg.sender == owner, "only the owner says who mints"
    self.minters[account] = True


@external
def removeMinter(account: address):
    assert msg.sender == owner, "only the owner says who mints"
    self.minters[account] = False


@external
def mintWithTokenURI(to: address, id: uint256, uri: String[512]) -> bool:
    assert self._may_mint(msg.sender), "only the bridge and its minters mint"
    self._mint(to, id, uri)
    return True


@external
def burn(id: uint256):
    assert self._holder(id) == msg.sender, "only the holder burns"
    self._move(msg.sender, empty(address), id)
    self.uri[id] = ""


@external
def approve(spender: address, id: uint256):
    holder: address = self._holder(id)
    assert msg.sender == holder or self.isApprovedForAll[holder][msg.sender], "not yours"
    self.getApproved[id] = spender
    log Approval(owner=holder, approved=spender, tokenId=id)


@external
def setApprovalForAll(operator: address, approved: bool):
    self.isApprovedForAll[msg.sender][operator] = approved
    log ApprovalForAll(owner=msg.sender, operator=operator, approved=approved)


@external
def transferFrom(sender: address, to: address, id: uint256):
    holder: address = self._holder(id)
    assert sender == holder, "not the holder"
    assert (
        msg.sender == holder or msg.sender == self.getApproved[id] or self.isApprovedForAll[holder][msg.sender]
    ), "not yours"
    assert to != empty(address), "the zero address holds nothing"
    self._move(sender, to, id)


@external
def requestValueTransfer(id: uint256, to: address, extra: Bytes[1024]):
    """
    @notice Send a token over the bridge in one step: to the account `to` on the other chain.
    """
    assert self._holder(id) == msg.sender, "only the holder sends"
    self._move(msg.sender, bridge, id)
    extcall Bridge(bridge).onERC721Received(msg.sender, id, to, extra)


@internal
@view
def _may_mint(account: address) -> bool:
    return account == bridge or self.minters[account]


@internal
@view
def _holder(id: uint256) -> address:
    holder: address = self.holder[id]
    assert holder != empty(address), "no such token"
    return holder


@internal
def _mint(to: address, id: uint256, uri: String[512]):
    assert to != empty(address), "the zero address holds nothing"
    assert self.holder[id] == empty(address), "there is such a token"
    self.holder[id] = to
    self.balanceOf[to] += 1
    self.uri[id] = uri
    log Transfer(sender=empty(address), receiver=to, tokenId=id)


@internal
def _move(sender: address, to: address, id: uint256):
    self.holder[id] = to
    self.getApproved[id] = empty(address)
    self.balanceOf[sender] -= 1
    if to != empty(address):
        self.balanceOf[to] += 1
    log Transfer(sender=sender, receiver=to, tokenId=id)
