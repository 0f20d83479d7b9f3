using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster.Tools.Client;
using Akka.Cluster.Tools.PublishSubscribe;
using Akka.Configuration;
using IpvlanActors.Client.Messages;
using IpvlanActors.Client.Remoting;

namespace IpvlanActors.Client.Connections;

/// <summary>Akka's settings for whoever speaks to hosts, and an actor system that does nothing else.</summary>
internal static class ClientSystem
{
    private static readonly Config OwnSystem = ConfigurationFactory.ParseString($$"""
        akka {
          loggers = []
          loglevel = OFF
          stdout-loglevel = OFF
          log-dead-letters = off
          coordinated-shutdown.run-by-clr-shutdown-hook = off
          actor {
            provider = remote
            # what hosts send are protobuf messages, never objects of a type that the sender names
            serialization-settings.allow-unregistered-types = false
            serializers.json = "{{NameOf(typeof(RefusingSerializer))}}"
          }
          remote {
            retry-gate-closed-for = 1 s
            shutdown-timeout = 2 s
            flush-wait-on-shutdown = 1 s
            dot-netty.tcp {
              maximum-frame-size = 2 MiB
              send-buffer-size = 2 MiB
              receive-buffer-size = 2 MiB
            }
          }
        }
        """);

    private static readonly Config Tls = ConfigurationFactory.ParseString($$"""
        akka.remote {
          adapters.vetting = "{{typeof(VettingTransportProvider).FullName}},{{typeof(VettingTransportProvider).Assembly.GetName().Name}}"
          dot-netty.tcp {
            enable-ssl = true
            applied-adapters = ["vetting"]
          }
        }
        """);

    /// <summary>Serializer, and a connection that finds out within five seconds that its host is gone.</summary>
    public static Config Config { get; } = ConfigurationFactory.ParseString($$"""
        akka {
          actor {
            serializers.ipvlan-client = "{{NameOf(typeof(ClientSerializer))}}"
            serialization-bindings {
              "{{NameOf(typeof(Wire.Request))}}" = ipvlan-client
              "{{NameOf(typeof(Wire.Reply))}}" = ipvlan-client
            }
          }
          cluster.client {
            use-legacy-serialization = off
            establishing-get-contacts-interval = 500 ms
            refresh-contacts-interval = 10 s
            heartbeat-interval = 1 s
            acceptable-heartbeat-pause = 4 s
          }
        }
        """)
        .WithFallback(ClusterClientReceptionist.DefaultConfig())
        .WithFallback(DistributedPubSub.DefaultConfig());

    /// <exception cref="ArgumentException">The settings contradict each other, or would speak plain text beyond this machine.</exception>
    public static ActorSystem Start(IpvlanClientOptions options)
    {
        var local = options.Bind is { } bind ? bind : Towards(options.Contacts is [var first, ..] ? first : "");
        if (options.Credentials is null && !options.InsecureRemoting && !IPAddress.IsLoopback(local))
            throw new ArgumentException($"hosts beyond this machine are spoken to with TLS: give {nameof(options.Credentials)}, or say {nameof(options.InsecureRemoting)} on a network that you trust.", nameof(options));
        var config = ConfigurationFactory.ParseString($$"""
            akka.remote.dot-netty.tcp {
              hostname = "{{local}}"
              port = {{options.Port}}
            }
            """)
            .WithFallback(options.Credentials is null ? Akka.Configuration.Config.Empty : Tls)
            .WithFallback(OwnSystem)
            .WithFallback(Config);
        var setup = options.Credentials is { } credentials ? ActorSystemSetup.Create(credentials.ForRemoting()) : ActorSystemSetup.Empty;
        return ActorSystem.Create("ipvland-client", setup.And(BootstrapSetup.Create().WithConfig(config)));
    }

    /// <summary>This machine's address towards a host, by which that host will know the client.</summary>
    private static IPAddress Towards(string contact)
    {
        if (!IPEndPoint.TryParse(contact, out var host))
            throw new ArgumentException($"the contact '{contact}' is not ADDRESS:PORT (10.0.0.1:4053, [fd00::1]:4053).", nameof(contact));
        try
        {
            using var socket = new Socket(host.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(host); // sends nothing
            return ((IPEndPoint)socket.LocalEndPoint!).Address;
        }
        catch (SocketException e)
        {
            throw new ArgumentException($"there is no way from this machine to {contact} ({e.Message}): see to its routes, or give {nameof(IpvlanClientOptions.Bind)}.", nameof(contact), e);
        }
    }

    private static string NameOf(Type type) => $"{type.FullName}, {type.Assembly.GetName().Name}";
}
