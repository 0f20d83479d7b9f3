namespace IpvlanActors.Domain.Deciding;

/// <summary>Every code that a refusal may carry. Stable: services act on them. Grouped by what a caller can do about it.</summary>
public static class RefusalCodes
{
    // The request itself is wrong: change it.
    public const string NameInvalid = "name-invalid";
    public const string OptionUnknown = "option-unknown";
    public const string OptionInvalid = "option-invalid";
    public const string SubnetInvalid = "subnet-invalid";
    public const string SubnetsOverlap = "subnets-overlap";
    public const string GatewayInvalid = "gateway-invalid";
    public const string RangeInvalid = "ip-range-invalid";
    public const string AuxAddressInvalid = "aux-address-invalid";
    public const string NoFamily = "no-address-family";
    public const string ParentInvalid = "parent-invalid";
    public const string AddressInvalid = "address-invalid";
    public const string SandboxInvalid = "netns-invalid";
    public const string InterfaceNameInvalid = "ifname-invalid";
    public const string CursorInvalid = "cursor-invalid";
    public const string RequestInvalid = "request-invalid";
    public const string RouteInvalid = "route-invalid";
    public const string NetworkDiffers = "network-differs";
    public const string KeyInvalid = "idempotency-key-invalid";

    // Something else is in the way: another name, another subnet, or remove what is there.
    public const string NetworkExists = "network-exists";
    public const string SubnetTaken = "subnet-taken";
    public const string ParentInUse = "parent-in-use";
    public const string NetworkInUse = "network-in-use";
    public const string HostAlive = "host-alive";
    public const string RegistryHere = "registry-on-this-host";
    public const string EndpointExists = "endpoint-exists";
    public const string AddressInUse = "address-in-use";
    public const string AddressReserved = "address-reserved";
    public const string AddressElsewhere = "address-on-other-host";
    public const string AddressesExhausted = "addresses-exhausted";
    public const string PoolsExhausted = "default-pools-exhausted";
    public const string InterfaceExists = "interface-exists";
    public const string NetworkBound = "network-bound";
    public const string KeyReused = "idempotency-key-reused";

    // What was named is not there.
    public const string NetworkUnknown = "network-unknown";
    public const string EndpointUnknown = "endpoint-unknown";
    public const string HostUnknown = "host-unknown";
    public const string JournalUnknown = "journal-unknown";
    public const string RequestUnknown = "request-unknown";
    public const string ReferenceAmbiguous = "reference-ambiguous";
    public const string ParentMissing = "parent-missing";
    public const string InterfaceMissing = "interface-missing";

    // Not now, or not here.
    public const string ParentDown = "parent-down";
    public const string KernelRefused = "kernel-refused";
    public const string KernelLacks = "kernel-lacks";
    public const string RegistryUnreachable = "registry-unreachable";
    public const string HostUnreachable = "host-unreachable";
    public const string JournalFailed = "journal-failed";
    public const string NetworkRemoving = "network-removing";
    public const string NetworkDegraded = "network-degraded";
    public const string NotReady = "not-ready";
    public const string Fenced = "fenced";

    // Not for this asker: show another token or certificate.
    public const string Unauthorized = "unauthorized";
    public const string Forbidden = "forbidden";
}
