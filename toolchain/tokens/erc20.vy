# pragma version 0.4.3
# pragma evm-version cancun
"""
@title A small ERC-20 token for development and tests of a bridge, the same on both chains
@notice The bridge mints it, and whom the deployer names; whoever holds it burns it, and one call sends it over the
        bridge. The deployer gets the first supply. It is worth nothing.
@dev What a bridge calls: ERC20Mintable.mint, ERC20Burnable.burn, transfer, transferFrom (BridgeTransferERC20.sol of the
     node's module). The forks of this program's private chains are those up to Cancun.
"""

interface Bridge:
    def onERC20Received(
        sender: address, to: address, amount: uint256, fee_limit: uint256, extra: Bytes[1024]
    ): nonpayable

event Transfer:
    sender: indexed(address)
    receiver: indexed(address)
    value: uint256

event Approval:
    owner: indexed(address)
    spender: indexed(address)
    value: uint256

kind: public(constant(String[6])) = "erc20"
decimals: public(constant(uint8)) = 18
bridge: public(immutable(address))
owner: public(immutable(address))
minters: HashMap[address, bool]
name: public(String[32])
symbol: public(String[32])
totalSupply: public(uint256)
balanceOf: public(HashMap[address, uint256])
allowance: public(HashMap[address, HashMap[address, uint256]])


@deploy
def __init__(name: String[32], minter: address, supply: uint256):
    self.name = name
    self.symbol = name
    bridge = minter
    owner = msg.sender
    self._mint(msg.sender, supply)


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
def mint(to: address, amount: uint256) -> bool:
    assert self._may_mint(msg.sender), "only the bridge and its minters mint"
    self._mint(to, amount)
    return True


@external
def burn(amount: uint256):
    self.balanceOf[msg.sender] -= amount
    self.totalSupply -= amount
    log Transfer(sender=msg.sender, receiver=empty(address), value=amount)


@external
def transfer(to: address, amount: uint256) -> bool:
    self._transfer(msg.sender, to, amount)
    return True


@external
def transferFrom(sender: address, to: address, amount: uint256) -> bool:
    self.allowance[sender][msg.sender] -= amount
    self._transfer(sender, to, amount)
    return True


@external
def approve(spender: address, amount: uint256) -> bool:
    self.allowance[msg.sender][spender] = amount
    log Approval(owner=msg.sender, spender=spender, value=amount)
    return True


@external
def requestValueTransfer(amount: uint256, to: address, fee_limit: uint256, extra: Bytes[1024]):
    """
    @notice Send tokens over the bridge in one step: to the account `to` on the other chain.
    """
    self._transfer(msg.sender, bridge, amount + fee_limit)
    extcall Bridge(bridge).onERC20Received(msg.sender, to, amount, fee_limit, extra)


@internal
@view
def _may_mint(account: address) -> bool:
    return account == bridge or self.minters[account]


@internal
def _mint(to: address, amount: uint256):
    self.totalSupply += amount
    self.balanceOf[to] += amount
    log Transfer(sender=empty(address), receiver=to, value=amount)


@internal
def _transfer(sender: address, to: address, amount: uint256):
    assert to != empty(address), "the zero address holds nothing"
    self.balanceOf[sender] -= amount
    self.balanceOf[to] += amount
    log Transfer(sender=sender, receiver=to, value=amount)
