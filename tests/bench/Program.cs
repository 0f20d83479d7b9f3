using IpvlanActors.Tests.Bench;

return args switch
{
    ["kernel", .. var rest] => KernelBench.Run(rest),
    _ => 0,
};
