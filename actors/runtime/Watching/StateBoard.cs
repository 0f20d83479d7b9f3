namespace IpvlanActors.Runtime.Watching;

/// <summary>Keeps a <see cref="StateTable"/> by the boards: looks only at what may look different, since what a board shows is replaced whenever it changes.</summary>
internal sealed class StateBoard
{
    private readonly StateTable _table;
    private readonly Part[] _parts;

    public StateBoard(NodeContext node)
    {
        var boards = node.Boards;
        _table = new(BitConverter.ToUInt32(node.Life.ToByteArray()));
        _parts =
        [
            new(ShownKind.Host, () => ShownHosts.Of(boards), () => [boards.Cluster.Current, boards.Catalogue.Current, boards.Routes.Current.Told, boards.Routes.Current.Own, boards.Peers.Current]),
            new(ShownKind.Network, () => Showing.Networks(boards), () => [boards.View.Current, boards.Catalogue.Current, boards.Waiting.Current, boards.Kernel.Current]),
            new(ShownKind.Block, () => Showing.Blocks(boards), () => [boards.View.Current.Networks, boards.Catalogue.Current]),
            new(ShownKind.Endpoint, () => Showing.Endpoints(boards), () => [boards.View.Current.Endpoints, boards.View.Current.Networks]),
            new(ShownKind.Route, () => ShownRoutes.Of(node), () =>
            [
                boards.Routes.Current.Told, boards.Routes.Current.Own, boards.Routes.Current.Kept, boards.Peers.Current, boards.Catalogue.Current,
                boards.Kernel.Current, boards.View.Current.Networks,
            ]),
            new(ShownKind.Node, () => [Showing.Node(node)], () =>
            [
                boards.View.Current.Host, boards.View.Current.Networks, boards.Cluster.Current, boards.Registration.Current, boards.Kernel.Current,
                boards.Waiting.Current, boards.Routes.Current.Told, boards.Peers.Current, boards.Catalogue.Current,
            ]),
        ];
    }

    /// <returns>Something may be different.</returns>
    public bool Look()
    {
        var looked = false;
        foreach (var part in _parts)
        {
            var inputs = part.Inputs();
            if (part.Seen.AsSpan().SequenceEqual(inputs, ReferenceEqualityComparer.Instance))
                continue;
            part.Seen = inputs;
            _table.Put(part.Kind, part.Show().DistinctBy(s => s.Key).ToDictionary(s => s.Key));
            looked = true;
        }

        return looked;
    }

    public StateNews Since(StateMark? since, int limit, Func<Shown, bool> wanted) => _table.Since(since, limit, wanted);

    /// <param name="Inputs">What it is made of.</param>
    private sealed record Part(ShownKind Kind, Func<IEnumerable<Shown>> Show, Func<object[]> Inputs)
    {
        public object[] Seen { get; set; } = [];
    }
}
