using IpvlanActors.Daemon.Http;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace IpvlanActors.Tests.Unit.Http;

public class BareWebTests
{
    [Fact]
    public void Neither_the_environment_nor_a_file_beside_it_opens_another_door()
    {
        Environment.SetEnvironmentVariable("ASPNETCORE_URLS", "http://0.0.0.0:7777");
        try
        {
            using var app = BareWeb.New().Build();
            Assert.Null(app.Configuration["urls"]);
            Assert.DoesNotContain(((IConfigurationRoot)app.Configuration).Providers, p => p is FileConfigurationProvider);
        }
        finally
        {
            Environment.SetEnvironmentVariable("ASPNETCORE_URLS", null);
        }
    }
}
