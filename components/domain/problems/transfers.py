"""What is wrong with transfers over the bridge: fees, tokens, requests, proofs.

Numbers 550 to 599.
"""

from components.domain.problems.problem import Problem

FEE_CHARGED = Problem(
    550,
    "A bridge contract charges a fee for transfers",
    cause="Its operators have voted for a fee, or for another one than before. A request that does not offer it fails.",
    remedy="Have the operators vote the old fee: call `subbridge.setKLAYFee`, or `setERC20Fee`, on as many SCNs as the "
    "threshold of configuration votes says. `make up` cannot do it.",
)
FEE_RECEIVER_CHANGED = Problem(
    551,
    "The receiver of the fees of a bridge contract has changed",
    cause="Somebody set it with the owner's key. While there is a receiver, the fees that are set are charged.",
    remedy="Have the owner make the call in the message. If it was not the owner, its key is in other hands: move the "
    "ownership to a new key (docs/runbooks.md).",
)

# -- Tokens --

TOKEN_ADDRESS_WRONG = Problem(
    560,
    "There is no token at an address where one is expected",
    cause="The address in `tokens` is wrong or of the other chain, or the chain was created again.",
    remedy="Correct the address in `tokens`. For a development token, run `make refresh` and `make up`, which deploy "
    "it again.",
)
TOKEN_NOT_MINTABLE = Problem(
    561,
    "The bridge contract may not mint a token",
    cause="A contract with modeMintBurn true mints what arrives, and this token does not allow it to.",
    remedy="Have the token's owner give the bridge contract the right to mint, with `addMinter` where the token has "
    "it. Then run `make up` again.",
)
TOKEN_UNFUNDED = Problem(
    562,
    "The bridge contract holds nothing of a token that it has to pay out",
    cause="A contract with modeMintBurn false pays from its own balance, which is empty until transfers bring some.",
    remedy="If transfers are to arrive here first, send some of the token to the bridge contract. Otherwise there "
    "is nothing to do.",
)
TOKEN_MODE = Problem(
    563,
    "A contract that is taken over has another token mode than one that the stack deploys",
    cause="The known deploy scripts set modeMintBurn true on both chains. It cannot be changed later.",
    remedy="Without tokens there is nothing to do. Otherwise give the contract what the message names: the right to "
    "mint each token, or a balance of it (docs/contracts.md#existing-contracts).",
)
TOKEN_CHANGED = Problem(
    564,
    "A registration or a right of a token is gone",
    cause="Somebody deregistered the token in the bridge contract, or took the right to mint it away.",
    remedy="Run `make refresh`, then `make up`: it restores what is declared.",
)
TOKEN_LOCKED = Problem(
    565,
    "A token is locked in a bridge contract",
    cause="Somebody locked it by hand, or its removal did not come to its end. No transfer of it can be requested.",
    remedy="To keep the token, have the owner of the contract call `unlockToken` with it. To remove it, take it out of "
    "`tokens` and run `make up`.",
)
TOKEN_COUNTERPART = Problem(
    566,
    "A token is registered with another counterpart than the declared one",
    cause="Somebody registered it otherwise, or its counterpart in `tokens` is not the one that was registered before.",
    remedy="Check both addresses in `tokens`. `make refresh` and `make up` replace a registration of the stack; for "
    "another one the owner calls `deregisterToken`. Then restart the SCNs, which remember the old counterpart.",
)
TOKEN_REQUESTS_OPEN = Problem(
    567,
    "A token cannot be deregistered while requests of it are open",
    cause="SCNs that come to a request of a token that is not registered handle nothing after it. The token is locked.",
    remedy="Have the listed requests paid: see that enough pairs can vote and that the other contract can pay "
    "(docs/runbooks.md#by-symptom). Then run `make up`, or `make down`, again.",
)
TOKEN_STAYS = Problem(
    568,
    "A token stays registered and locked, because a request of it can never be paid",
    cause="An SCN that comes to this request without the token would handle nothing after it.",
    remedy="Leave the token registered. If the reason of the request can be removed, do so; once it is paid, the owner "
    "of the contract may call `deregisterToken`.",
)

# -- Requests --

REQUEST_NOT_FOUND = Problem(
    580,
    "A request is open, and nothing is known of it",
    cause="Its event is too far back on its chain to be found in the time of a refresh.",
    remedy="Look for the event RequestValueTransfer with this nonce in the contract where it was requested. Later "
    "requests do not wait for it.",
)
REQUEST_WITHOUT_TOKEN = Problem(
    581,
    "A token was deregistered while a request of it was open",
    cause="Somebody deregistered it by hand. SCNs that come to this request handle nothing after it.",
    remedy="Register the token with its counterpart again at once: put it back into `tokens` and run `make up`, or "
    "have the owner of the contract call `registerToken`.",
)
TOKEN_NOT_PAYABLE = Problem(
    582,
    "A token does not let the bridge contract pay a request",
    cause="The contract lacks the right to mint the token, or a balance of it, or the token refuses the recipient.",
    remedy="Give the bridge contract what it needs. The SCNs pay the request at their next recovery check.",
)
LIQUIDITY_MISSING = Problem(
    583,
    "A bridge contract holds fewer coins than a transfer needs",
    cause="More coins left through it than came in, or no liquidity was ever paid in.",
    remedy="Set bridge.liquidity to enough for it and run `make up`, which fills the contract up from the owner's "
    "account. Open requests are paid then; for the proof of transfers run `make up ARGS=--refresh`.",
)
RECIPIENT_REFUSES = Problem(
    584,
    "The recipient of a request is a contract that refuses coins",
    cause="Anybody can request such a transfer. It stays open, and later requests are handled.",
    remedy="If you can, make the recipient accept coins. Otherwise leave it: nothing waits for it, but every recovery "
    "check costs each operator the gas of a reverted transaction (docs/runbooks.md).",
)
REQUEST_REVERTS = Problem(
    585,
    "The bridge contract refuses to pay a request",
    cause="The vote of an operator was simulated, and the contract gave the reason in the message.",
    remedy="Remove that reason if you can; `make refresh` tries the payment again. Later requests do not wait for it.",
)
CONTRACT_STOPPED = Problem(
    586,
    "A bridge contract is stopped and takes no requests",
    cause="Its owner has called `start(false)`.",
    remedy="Have the owner call `start(true)`, then run `make up ARGS=--refresh`, which proves the bridge.",
)
COINS_LOCKED = Problem(
    587,
    "A bridge contract takes no requests of coins",
    cause="Its owner has called `lockKLAY()`.",
    remedy="Have the owner call `unlockKLAY()`, then run `make up ARGS=--refresh`, which proves the bridge.",
)
TRANSFERS_STOPPED = Problem(
    588,
    "Transfers are not paid out, although they can be",
    cause="Too few operators vote: pairs are down, not subscribed, or without coins for gas. A working bridge pays "
    "within seconds, and within half a minute while a validator is away.",
    remedy="Look at the findings of the pairs first, then follow docs/runbooks.md#by-symptom. Nothing is lost: what "
    "waits is paid as soon as enough operators vote.",
)
NO_REQUEST = Problem(
    589,
    "A transaction requests no transfer over this bridge",
    cause="The hash is not that of a transaction on either chain, the transaction has failed, or it called something "
    "else than the bridge contract of this stack.",
    remedy="Use the hash of the transaction in which the transfer was requested: `make trace TX=0x…`. If it was sent "
    "just now, wait until it is in a block.",
)

# -- Proofs --

PROOF_STALE = Problem(
    590,
    "The bridge has changed since its transfers were proven",
    cause="Operators or the threshold are others than at the proof, or a transfer of coins can be paid for the first "
    "time.",
    remedy="Run `make up`: it repairs the contracts and sends a transfer in each direction again.",
)
NOTHING_REQUESTED = Problem(
    591,
    "No transfer was requested as a proof, because it could not be paid out",
    cause="It would stay open, and every operator would pay for votes in vain. The reasons are in the message.",
    remedy="Remove these reasons, then run `make up ARGS=--refresh`, which proves transfers. Until then the bridge is "
    "set up, and only transfers that can be paid arrive.",
)
TRANSFER_NOT_PAID = Problem(
    592,
    "A transfer that was requested as a proof is not paid out",
    cause="Too few operators have voted in time: SCNs are down or not subscribed, or operators have no coins for gas.",
    remedy="Find the cause in the order of docs/runbooks.md#by-symptom, then run `make up` again. The amount is "
    "not lost: the request stays open and is paid as soon as enough SCNs vote.",
)
VOTES_OF_OTHERS = Problem(
    593,
    "Transfers arrive by the votes of operators that are not in the settings",
    cause="Too few operators of the pairs vote in time, and others do: the bridge depends on somebody else.",
    remedy="See that the SCNs of the pairs run, are connected to their ENs and have coins for gas (`make refresh`), "
    "then run `make up` again.",
)
