namespace IpvlanActors.Cni;

/// <summary>What the runtime is told when something does not work. Nothing of the attempt is left unless <see cref="IsUnsure"/>.</summary>
internal sealed class CniException(int code, string message, string details = "") : Exception(message)
{
    public int Code { get; } = code;

    public string Details { get; } = details;

    /// <summary>The node was asked, and its answer did not come: it may have done it.</summary>
    public bool IsUnsure { get; init; }

    /// <summary>No node is there, or no more.</summary>
    public bool IsGone { get; init; }
}

/// <summary>Error codes: up to 99 those of the CNI specification, from 100 our own.</summary>
internal static class CniCode
{
    public const int IncompatibleVersion = 1;
    public const int Unsupported = 2;

    /// <summary>The container is not there, so the runtime has nothing to clean up.</summary>
    public const int ContainerUnknown = 3;
    public const int Environment = 4;
    public const int Io = 5;
    public const int Undecodable = 6;
    public const int InvalidConfiguration = 7;
    public const int TryAgain = 11;

    /// <summary>No container can be added.</summary>
    public const int Unavailable = 50;

    /// <summary>Nor can those that are there be sure to reach anything.</summary>
    public const int Limited = 51;

    /// <summary>Something else is in the way: an address, an interface or an attachment of that name.</summary>
    public const int InTheWay = 100;

    /// <summary>What should be there is not: CHECK found a difference.</summary>
    public const int Missing = 101;

    /// <summary>The kernel refused.</summary>
    public const int Kernel = 102;

    public const int Other = 103;
}
