namespace IpvlanActors.Cni.Node;

/// <summary>
/// What a DEL left to do because no node ran: a file per attachment beside the node's socket, which the node reads when it
/// starts. A container whose namespace is gone by then is found out without it; one that lives on without this network is not.
/// </summary>
internal static class LaterRemoval
{
    /// <summary>Part of the contract with the node.</summary>
    private const string Suffix = ".removed";

    public static string Folder(string socket) => socket + Suffix;

    /// <returns>The file.</returns>
    public static string Remember(string socket, string network, string endpoint)
    {
        try
        {
            Directory.CreateDirectory(Folder(socket), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var file = Path.Combine(Folder(socket), $"{network}@{endpoint}");
            File.WriteAllBytes(file, []);
            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CniException(CniCode.TryAgain, $"the ipvland node is not reached, and it cannot be noted in {Folder(socket)} that {endpoint} of network {network} is to be removed");
        }
    }
}
