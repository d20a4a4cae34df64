"""Hosts that exist already: the program owns one folder and one service on each, and nothing else."""

from collections.abc import Callable, Mapping, Sequence

import pulumi

from components.dynamic.machines.existing_host import ExistingHost
from components.dynamic.machines.host_preflight import HostPreflight
from components.dynamic.secrets.ssh_key import SshKey
from components.hosts.host import Host, Ssh
from components.settings.sections.existing import ROOT_USER, Existing
from components.topology.checks.host import Needs
from components.topology.data_holders import Holding


class ExistingHosts(pulumi.ComponentResource):
    """The machines of a stack. All of them are checked before the first is claimed; `host` claims one."""

    def __init__(
        self,
        settings: Existing,
        needs: Mapping[str, Needs],
        *,
        protect: bool,
        seed_for: Callable[[str], pulumi.Output[str]],
        roles: Mapping[str, str],
        holdings: Mapping[str, Holding],
        after: Sequence[pulumi.Resource] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`needs`, `roles` and `holdings` are keyed by host; `holdings` has the validators only.

        `seed_for` derives a secret of 64 hex digits from a label. `after`: what has to exist before any machine is
        looked at.
        """
        super().__init__("servicechain:existing:Hosts", "existing", None, opts)
        self._settings, self._needs, self._protect = settings, needs, protect
        self._roles, self._holdings = roles, holdings
        mine = pulumi.ResourceOptions(parent=self)
        self._client: SshKey | None = None
        if settings.private_key:
            self._private_key = pulumi.Output.secret(settings.private_key.get_secret_value())
        else:
            self._client = SshKey("existing-client", seed=seed_for("ssh-client"), opts=mine)
            self._private_key = self._client.private_key
        bastion = settings.bastion
        self._bastion = (
            Ssh(bastion.host, bastion.user, self._private_key, bastion.host_key, bastion.port) if bastion else None
        )
        self._looked_at = HostPreflight(
            "preflight",
            [
                {"login": self._ssh(name, sudo=settings.sudo_of(settings.hosts[name])).login, "needs": one.model_dump()}
                for name, one in needs.items()
            ],
            pulumi.ResourceOptions.merge(mine, pulumi.ResourceOptions(depends_on=list(after))),
        )
        self.register_outputs({})

    @property
    def access(self) -> Mapping[str, pulumi.Input[str]]:
        """Return the user, the bastion if there is one, and the public key to authorize if the program made the key."""
        key = {"publicKey": self._client.public_key} if self._client else {}
        way = {"bastion": self._settings.bastion.host} if self._settings.bastion else {}
        return {"user": self._settings.user, **key, **way}

    def host(self, name: str, opts: pulumi.ResourceOptions | None = None) -> Host:
        """Return the machine of that name and claim its folder; a machine with an existing node is not claimed."""
        given = self._settings.hosts[name]
        if given.node:
            ssh = self._ssh(name, sudo=self._settings.sudo_of(given))
            return Host(name, given.address, ssh, root="", instance="", node=given.node)
        needs = self._needs[name]
        claim = ExistingHost(
            name,
            self._ssh(name, sudo=self._settings.sudo_of(given)).login,
            {
                "machine": f"{given.address} {given.host_key}",
                "owner": needs.owner,
                "stack": pulumi.get_stack(),
                "folder": needs.folder,
                "unit": needs.unit,
                "account": needs.account,
                "number": needs.number,
                "role": self._roles[name],
                **({"holding": holding.model_dump()} if (holding := self._holdings.get(name)) else {}),
            },
            pulumi.ResourceOptions.merge(
                pulumi.ResourceOptions(parent=self, depends_on=[self._looked_at], protect=self._protect or None), opts
            ),
        )
        by_root = needs.unit is not None and self._settings.user_of(given) != ROOT_USER
        return Host(
            name=name,
            address=given.address,
            ssh=self._ssh(name, sudo=by_root),
            root=needs.folder,
            instance=claim.instance,
            depends_on=(claim,),
            service=self._settings.service_of(given),
            home=needs.folder,  # `init` of a node writes a folder to its home
            uploads=f"{needs.folder}/uploads" if by_root else None,
            outlives_stack=True,
        )

    def _ssh(self, name: str, *, sudo: bool) -> Ssh:
        given = self._settings.hosts[name]
        return Ssh(
            given.ssh_host or given.address,
            self._settings.user_of(given),
            self._private_key,
            given.host_key,
            given.port,
            sudo=sudo,
            proxy=self._bastion,
        )
