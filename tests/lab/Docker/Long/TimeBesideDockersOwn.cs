using System.Diagnostics;
using System.Globalization;
using IpvlanActors.Tests.Lab.Support;
using Xunit;

namespace IpvlanActors.Tests.Lab.Docker.Long;

/// <summary>
/// What a Docker user waits for, with Docker's own ipvlan driver and with ours in turn in the same run. Shows medians and their
/// ratio, and asserts nothing of them: it wants a quiet machine. <c>IPVLAND_ROUNDS</c>, default 5.
/// </summary>
[Trait("run", "by name")]
public class TimeBesideDockersOwn(OneDocker fixture) : OnOneDocker(fixture)
{
    private static readonly string[] Drivers = ["ipvlan", "ipvland"];

    [DockerFact]
    public async Task Networks_and_containers()
    {
        var rounds = int.Parse(Environment.GetEnvironmentVariable("IPVLAND_ROUNDS") ?? "5", CultureInfo.InvariantCulture);
        var times = new Dictionary<(string What, string Driver), List<double>>();
        for (var round = -1; round < rounds; round++) // the first is not counted
        {
            foreach (var driver in Drivers)
            {
                await Time("network create", driver, $"network create -d {driver} --subnet=10.66.0.0/24 -o parent=eth0.66 net");
                await Time("run", driver, "run -id --net=net --name=web alpine /bin/sh");
                await Time("rm -f", driver, "rm -f web");
                await Time("network rm", driver, "network rm net");
            }

            async Task Time(string what, string driver, string line)
            {
                var started = Stopwatch.GetTimestamp();
                await Docker.Must(line);
                if (round >= 0)
                    (times.TryGetValue((what, driver), out var list) ? list : times[(what, driver)] = []).Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        }

        foreach (var what in times.Keys.Select(k => k.What).Distinct())
        {
            var (own, ours) = (Median(times[(what, Drivers[0])]), Median(times[(what, Drivers[1])]));
            await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"docker {what}: {Drivers[0]} {own:0} ms, {Drivers[1]} {ours:0} ms, ratio {ours / own:0.00} (medians of {rounds})"));
        }
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
